using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KlaviyoExport.People;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Forwarding;

/// <summary>
/// Sends entries to a syslog server. Syslog has no acknowledgements: what the server has not read when a connection breaks is lost, and
/// over UDP nothing is noticed.
/// </summary>
internal sealed class SyslogTarget(IOptions<ForwardingOptions> options) : IAuditTarget
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    private readonly SyslogOptions _options = options.Value.Syslog;

    public string Name => "syslog";

    public bool IsConfigured => _options.IsConfigured;

    public async Task SendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(AtMost);
        var messages = entries.Select(entry => SyslogMessage.Of(entry, Environment.MachineName));
        try
        {
            if (_options.Transport == SyslogTransport.Udp)
                await SendDatagramsAsync(messages, time.Token);
            else
                await SendStreamAsync(messages, time.Token);
        }
        catch (Exception fault) when (fault is SocketException or IOException or AuthenticationException or CryptographicException)
        {
            throw new ForwardingException(
                $"The syslog server {_options.Host}:{_options.PortOrDefault} cannot be used: {fault.Message}",
                fault
            );
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ForwardingException($"The syslog server {_options.Host}:{_options.PortOrDefault} does not answer.", fault);
        }
    }

    private async Task SendDatagramsAsync(IEnumerable<byte[]> messages, CancellationToken cancellationToken)
    {
        using var client = new UdpClient(_options.Host, _options.PortOrDefault);
        foreach (var message in messages)
            await client.SendAsync(message, cancellationToken);
    }

    private async Task SendStreamAsync(IEnumerable<byte[]> messages, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_options.Host, _options.PortOrDefault, cancellationToken);
        await using Stream stream =
            _options.Transport == SyslogTransport.Tls ? await SecureAsync(client, cancellationToken) : client.GetStream();
        foreach (var message in messages)
            await stream.WriteAsync(SyslogMessage.Framed(message), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        if (stream is SslStream secure)
            await secure.ShutdownAsync();
        client.Client.Shutdown(SocketShutdown.Send);
        await WaitForEndAsync(client.Client, cancellationToken);
    }

    /// <summary>Waits a moment for the server to close the connection: a reset says that it has not read everything.</summary>
    private static async Task WaitForEndAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(LongestEnd);
        var rest = new byte[256];
        try
        {
            while (await socket.ReceiveAsync(rest, time.Token) > 0) { }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Servers may keep connections open.
        }
    }

    private async Task<SslStream> SecureAsync(TcpClient client, CancellationToken cancellationToken)
    {
        var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = _options.Host, CertificateChainPolicy = Trust() },
                cancellationToken
            );
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private X509ChainPolicy? Trust()
    {
        if (_options.CertificateAuthority is not { Length: > 0 } file)
            return null;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // A private authority rarely publishes revocations.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }
}
