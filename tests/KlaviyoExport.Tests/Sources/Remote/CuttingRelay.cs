using System.Net;
using System.Net.Sockets;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources.Remote;

/// <summary>Passes bytes between the product and a real store on this machine, and stops in the middle when the test wants it.</summary>
internal sealed class CuttingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _server;
    private readonly Task _work;
    private int _stops;

    private CuttingRelay(int server)
    {
        _server = server;
        _listener.Start();
        _work = AcceptAsync();
    }

    /// <summary>The number of bytes that a connection may get from the store. Null for all.</summary>
    public long? Limit { get; set; }

    /// <summary>Whether a connection stays open and silent after its last byte. Otherwise it is cut.</summary>
    public bool StaysSilent { get; set; }

    /// <summary>The number of connections that were stopped.</summary>
    public int Stops => _stops;

    /// <summary>Leads a draft through a relay.</summary>
    public static CuttingRelay Before(SourceDraft draft)
    {
        var isHttp = draft.Remote.Endpoint is not null;
        var relay = new CuttingRelay(isHttp ? new Uri(draft.Remote.Endpoint!).Port : draft.Remote.Port!.Value);
        var port = ((IPEndPoint)relay._listener.LocalEndpoint).Port;
        if (isHttp)
            draft.Remote.Endpoint = new UriBuilder(draft.Remote.Endpoint!) { Port = port }
                .Uri
                .AbsoluteUri;
        else
            draft.Remote.Port = port;
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var server = new TcpClient();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _server, ended.Token);
            var (one, other) = (client.GetStream(), server.GetStream());
            await Task.WhenAny(one.CopyToAsync(other, ended.Token), AnswerAsync(other, one, ended.Token));
            await ended.CancelAsync();
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or IOException)
        {
            // One side has closed the connection, or the test has ended.
        }
    }

    private async Task AnswerAsync(NetworkStream from, NetworkStream to, CancellationToken cancellationToken)
    {
        var (buffer, total) = (new byte[16 * 1024], 0L);
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            total += read;
            if (total > Limit)
            {
                Interlocked.Increment(ref _stops);
                if (StaysSilent)
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                return;
            }
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }
}
