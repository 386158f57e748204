using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KlaviyoExport.Tests.Alerts;

/// <summary>A mail server that only accepts the sign-in of Microsoft 365: AUTH XOAUTH2 with a token.</summary>
internal sealed class TokenMailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly string _expected;
    private readonly Task _running;
    private int _accepted;

    private TokenMailServer(string user, string token)
    {
        _expected = Convert.ToBase64String(Encoding.ASCII.GetBytes($"user={user}\u0001auth=Bearer {token}\u0001\u0001"));
        _listener.Start();
        _running = ServeAsync();
    }

    public string Port => ((IPEndPoint)_listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The number of mails that were accepted.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public static TokenMailServer Start(string user, string token) => new(user, token);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
            await using var stream = client.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII);
            await using var writer = new StreamWriter(stream, Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 localhost");
            var isKnown = false;
            while (await reader.ReadLineAsync(_stopping.Token) is { } line)
                switch (line.Split(' ')[0])
                {
                    case "EHLO":
                        await writer.WriteLineAsync("250-localhost\r\n250 AUTH XOAUTH2");
                        break;
                    case "AUTH":
                        isKnown = line == "AUTH XOAUTH2 " + _expected;
                        await writer.WriteLineAsync(isKnown ? "235 signed in" : "535 refused");
                        break;
                    case "DATA":
                        await writer.WriteLineAsync("354 go on");
                        while (await reader.ReadLineAsync(_stopping.Token) is not (null or ".")) { }
                        Interlocked.Increment(ref _accepted);
                        await writer.WriteLineAsync("250 accepted");
                        break;
                    case "QUIT":
                        await writer.WriteLineAsync("221 bye");
                        break;
                    default:
                        await writer.WriteLineAsync(isKnown ? "250 ok" : "530 sign in first");
                        break;
                }
        }
    }
}
