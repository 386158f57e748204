using System.Net;
using System.Net.Sockets;

namespace KlaviyoExport.Sources.Remote;

/// <summary>Makes HTTP clients for stores. Each address is checked when it is connected to, so that a name cannot lead elsewhere.</summary>
internal static class RemoteHttp
{
    /// <summary>Returns a client without a time-out: each read has one of its own.</summary>
    public static HttpClient Create(MachineAddresses network, TimeSpan patience) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectTimeout = patience,
                ConnectCallback = async (context, cancellationToken) =>
                    await TellAsync(context.DnsEndPoint.Host, () => network.ConnectAsync(context, cancellationToken).AsTask()),
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <summary>Returns the addresses of a host.</summary>
    /// <exception cref="SourceException">One of them is forbidden.</exception>
    /// <exception cref="SocketException">The host is unknown.</exception>
    public static Task<IPAddress[]> ResolveAsync(MachineAddresses network, string host, CancellationToken cancellationToken) =>
        TellAsync(host, () => network.ResolveAsync(host, cancellationToken));

    private static async Task<T> TellAsync<T>(string host, Func<Task<T>> connect)
    {
        try
        {
            return await connect();
        }
        catch (MachineAddressException)
        {
            throw new SourceException(new LocalizedMessage("Sources.AddressForbidden", host));
        }
    }
}
