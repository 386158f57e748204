using System.Net;
using System.Net.Sockets;

namespace KlaviyoExport.Tests;

internal static class Loopback
{
    /// <summary>A port of this machine on which nothing listens.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
