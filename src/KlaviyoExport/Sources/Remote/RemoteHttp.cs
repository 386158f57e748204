using System.Net;
using System.Net.Sockets;

namespace KlaviyoExport.Sources.Remote;

/// <summary>Makes HTTP clients for stores. Each address is checked when it is connected to, so that a name cannot lead elsewhere.</summary>
internal static class RemoteHttp
{
    /// <summary>Returns a client without a time-out: each read has one of its own.</summary>
    public static HttpClient Create(TimeSpan patience) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectTimeout = patience,
                ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, cancellationToken),
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <summary>Returns the addresses of a host.</summary>
    /// <exception cref="SourceException">One of them is forbidden.</exception>
    /// <exception cref="SocketException">The host is unknown.</exception>
    public static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        RemoteEndpoint.Demand(addresses, host);
        return addresses;
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint server, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(server.Host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, server.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
