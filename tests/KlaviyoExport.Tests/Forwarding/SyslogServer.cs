using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KlaviyoExport.Tests.Forwarding;

/// <summary>A real syslog server on the loopback address: UDP, or TCP with octet counting, with TLS when it has a certificate.</summary>
internal sealed class SyslogServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _messages = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private readonly UdpClient? _udp;
    private readonly TcpListener? _tcp;
    private readonly Task _work;

    private SyslogServer(bool isUdp, X509Certificate2? certificate)
    {
        _certificate = certificate;
        if (isUdp)
        {
            _udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            Port = ((IPEndPoint)_udp.Client.LocalEndPoint!).Port;
        }
        else
        {
            _tcp = new TcpListener(IPAddress.Loopback, 0);
            _tcp.Start();
            Port = ((IPEndPoint)_tcp.LocalEndpoint).Port;
        }
        _work = isUdp ? ReceiveAsync() : AcceptAsync();
    }

    public int Port { get; }

    public IReadOnlyList<string> Messages => [.. _messages];

    public static SyslogServer Udp() => new(isUdp: true, null);

    public static SyslogServer Tcp(X509Certificate2? certificate = null) => new(isUdp: false, certificate);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp?.Dispose();
        _tcp?.Dispose();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ReceiveAsync()
    {
        while (true)
            _messages.Enqueue(Encoding.UTF8.GetString((await _udp!.ReceiveAsync(_stop.Token)).Buffer));
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            using var client = await _tcp!.AcceptTcpClientAsync(_stop.Token);
            try
            {
                await ReadAsync(client);
            }
            catch (Exception fault) when (fault is IOException or System.Security.Authentication.AuthenticationException)
            {
                // A client that does not trust the certificate ends the connection.
            }
        }
    }

    private async Task ReadAsync(TcpClient client)
    {
        await using Stream stream = client.GetStream();
        await using var secure = _certificate is null ? null : new SslStream(stream);
        if (secure is not null)
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        var from = secure ?? stream;
        while (await LengthAsync(from) is { } length)
        {
            var message = new byte[length];
            await from.ReadExactlyAsync(message, _stop.Token);
            _messages.Enqueue(Encoding.UTF8.GetString(message));
        }
    }

    private async Task<int?> LengthAsync(Stream stream)
    {
        var digits = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) > 0)
        {
            if (one[0] == ' ')
                return int.Parse(digits.ToString(), CultureInfo.InvariantCulture);
            digits.Append((char)one[0]);
        }
        return null;
    }
}
