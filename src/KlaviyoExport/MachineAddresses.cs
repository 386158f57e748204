using System.Net;
using System.Net.Sockets;

namespace KlaviyoExport;

/// <summary>
/// Connects to hosts that people enter, but never to the services of clouds that hand out credentials to the machine they run on, and never
/// to link-local addresses, where most of these services are. Otherwise a person could read the machine's credentials through the product.
/// The addresses are checked when they are connected to, so that a name cannot lead elsewhere.
/// </summary>
internal static class MachineAddresses
{
    // Services that are not at link-local addresses.
    private static readonly IPAddress[] Services =
    [
        IPAddress.Parse("168.63.129.16"),
        IPAddress.Parse("100.100.100.200"),
        IPAddress.Parse("fd00:ec2::254"),
    ];

    /// <summary>Demands that none of the addresses of a host is such a service.</summary>
    /// <exception cref="MachineAddressException">One of them is.</exception>
    public static void Forbid(IEnumerable<IPAddress> addresses, string host)
    {
        if (addresses.Any(IsForbidden))
            throw new MachineAddressException(host);
    }

    /// <summary>
    /// Returns the addresses of a host. The name of this machine often has a link-local address of version 6 beside the others, which is
    /// left out.
    /// </summary>
    /// <exception cref="MachineAddressException">One of them is forbidden.</exception>
    /// <exception cref="SocketException">The host is unknown.</exception>
    public static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var all = await Dns.GetHostAddressesAsync(host, cancellationToken);
        var addresses = Array.FindAll(all, address => !address.IsIPv6LinkLocal);
        Forbid(addresses.Length > 0 ? addresses : all, host);
        return addresses;
    }

    /// <summary>Connects to a host. For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="MachineAddressException">The host has a forbidden address.</exception>
    /// <exception cref="SocketException">The host is unknown or cannot be reached.</exception>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(context.DnsEndPoint.Host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsForbidden(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.IsIPv6LinkLocal || address.GetAddressBytes() is [169, 254, _, _] || Services.Contains(address);
    }
}

/// <summary>A host has an address that must not be connected to, see <see cref="MachineAddresses"/>.</summary>
internal sealed class MachineAddressException(string host)
    : IOException($"{host} has an address for internal services of this machine, such as its cloud metadata.");
