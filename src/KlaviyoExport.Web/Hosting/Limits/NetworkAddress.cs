using System.Net;
using System.Net.Sockets;

namespace KlaviyoExport.Web.Hosting.Limits;

/// <summary>The network address of a caller, for limits.</summary>
internal static class NetworkAddress
{
    /// <summary>
    /// Returns the address of the browser or program, as far as the proxies are trusted. For IPv6, the network of 64 bits: a subscriber has
    /// at least that many addresses.
    /// </summary>
    public static string Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    /// <inheritdoc cref="Of(HttpContext)" />
    public static string Of(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
