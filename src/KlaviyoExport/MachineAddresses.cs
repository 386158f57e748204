using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace KlaviyoExport;

/// <summary>
/// Connects to hosts that people enter, but never to the services of clouds that hand out credentials to the machine they run on, and never
/// to link-local addresses, where most of these services are. Otherwise a person could read the machine's credentials through the product.
/// The addresses are checked when they are connected to, so that a name cannot lead elsewhere. The operator of the server can allow single
/// addresses, see <see cref="NetworkOptions"/>.
/// </summary>
internal sealed class MachineAddresses(IOptions<NetworkOptions> options)
{
    // Services that are not at link-local addresses.
    private static readonly IPAddress[] Services =
    [
        IPAddress.Parse("168.63.129.16"),
        IPAddress.Parse("100.100.100.200"),
        IPAddress.Parse("fd00:ec2::254"),
    ];

    private readonly IPNetwork[] _allowed = [.. options.Value.AllowedMachineAddresses.Select(NetworkOptions.RangeOf).OfType<IPNetwork>()];

    /// <summary>Registers the service and its options. Rooms that connect to entered hosts call it.</summary>
    public static void Register(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<NetworkOptions>().Bind(configuration.GetSection(NetworkOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NetworkOptions>, NetworkOptions.Validator>());
        services.AddSingleton<MachineAddresses>();
    }

    /// <summary>Demands that none of the addresses of a host is such a service.</summary>
    /// <exception cref="MachineAddressException">One of them is.</exception>
    public void Forbid(IEnumerable<IPAddress> addresses, string host)
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
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        // With a dot at its end an address counts as a name, which some resolvers still read as an address.
        var all = IPAddress.TryParse(host.TrimEnd('.'), out var entered)
            ? [entered]
            : await Dns.GetHostAddressesAsync(host, cancellationToken);
        var addresses = Array.FindAll(all, address => !address.IsIPv6LinkLocal || IsAllowed(address));
        Forbid(addresses.Length > 0 ? addresses : all, host);
        return addresses;
    }

    /// <summary>Connects to a host. For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="MachineAddressException">The host has a forbidden address.</exception>
    /// <exception cref="SocketException">The host is unknown or cannot be reached.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
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

    private bool IsForbidden(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return (address.IsIPv6LinkLocal || address.GetAddressBytes() is [169, 254, _, _] || Array.Exists(Services, address.Equals))
            && !IsAllowed(address);
    }

    // Without the scope, the network card through which a link-local address is reached.
    private bool IsAllowed(IPAddress address) =>
        _allowed.Length > 0 && Array.Exists(_allowed, range => range.Contains(new IPAddress(address.GetAddressBytes())));
}

/// <summary>A host has an address that must not be connected to, see <see cref="MachineAddresses"/>.</summary>
internal sealed class MachineAddressException(string host)
    : IOException($"{host} has an address for internal services of this machine, such as its cloud metadata.");
