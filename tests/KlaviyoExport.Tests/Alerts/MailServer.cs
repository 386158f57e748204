using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Protocol;
using SmtpServer.Storage;
using Server = SmtpServer.SmtpServer;

namespace KlaviyoExport.Tests.Alerts;

/// <summary>A mail server on the loopback address that keeps what it accepts.</summary>
internal sealed class MailServer : MessageStore, IUserAuthenticator, IAsyncDisposable
{
    private readonly ConcurrentQueue<MimeMessage> _mails = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly (string User, string Password)? _account;
    private Task _running = Task.CompletedTask;

    private MailServer(int port, (string User, string Password)? account) => (Port, _account) = (port, account);

    public int Port { get; }

    public IReadOnlyList<MimeMessage> Mails => [.. _mails];

    /// <summary>The answer instead of accepting a mail. Null to accept it.</summary>
    public SmtpResponse? Refusal { get; set; }

    /// <summary>Called when a mail is accepted, before the answer is sent.</summary>
    public Action? Accepted { get; set; }

    /// <param name="certificate">Offers STARTTLS with it. Null for a server without encryption.</param>
    /// <param name="tlsFromStart">Whether connections begin with TLS.</param>
    /// <param name="account">The account that must sign in. Null when nobody must.</param>
    public static MailServer Start(
        X509Certificate2? certificate = null,
        bool tlsFromStart = false,
        (string User, string Password)? account = null
    )
    {
        var server = new MailServer(Loopback.FreePort(), account);
        var options = new SmtpServerOptionsBuilder()
            .ServerName("localhost")
            .Endpoint(endpoint =>
            {
                endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, server.Port)).IsSecure(tlsFromStart);
                if (certificate is not null)
                    endpoint.Certificate(certificate);
                if (account is not null)
                    endpoint.AuthenticationRequired().AllowUnsecureAuthentication(false);
            })
            .Build();
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add((IMessageStore)server);
        services.Add((IUserAuthenticator)server);
        server._running = new Server(options, services).StartAsync(server._stopping.Token);
        return server;
    }

    /// <summary>The settings with which a product uses the server.</summary>
    public Dictionary<string, string?> Settings =>
        new()
        {
            ["Mail:Host"] = "localhost",
            ["Mail:Port"] = Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Mail:From"] = "Klaviyo Export <exports@shop.example>",
            ["Alerts:PublicAddress"] = "https://exports.shop.example/klaviyo",
        };

    public override Task<SmtpResponse> SaveAsync(
        ISessionContext context,
        IMessageTransaction transaction,
        ReadOnlySequence<byte> buffer,
        CancellationToken cancellationToken
    )
    {
        if (Refusal is { } refusal)
            return Task.FromResult(refusal);
        using var content = new MemoryStream(buffer.ToArray());
        _mails.Enqueue(MimeMessage.Load(content, cancellationToken));
        Accepted?.Invoke();
        return Task.FromResult(SmtpResponse.Ok);
    }

    public Task<bool> AuthenticateAsync(ISessionContext context, string user, string password, CancellationToken cancellationToken) =>
        Task.FromResult((user, password) == _account);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }
}
