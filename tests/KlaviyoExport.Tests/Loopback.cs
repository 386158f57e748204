using System.Net;
using System.Net.Sockets;

namespace KlaviyoExport.Tests;

internal static class Loopback
{
    /// <summary>
    /// A port of this machine on which nothing listens. It is below the range (32768 and up on Linux) of ports for outgoing connections,
    /// so that none of them takes it while a server is being restarted on it.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            // An unpredictable port on purpose: test processes run side by side.
            using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(10_000, 20_000));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse) { }
        }
    }
}
