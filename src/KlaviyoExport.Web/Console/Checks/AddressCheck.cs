using KlaviyoExport.Overview.Checks;
using KlaviyoExport.Web.Hosting;

namespace KlaviyoExport.Web.Console.Checks;

/// <summary>Checks the addresses that the server listens at.</summary>
internal static class AddressCheck
{
    private const string Area = "address";

    public static Finding Run(IConfiguration configuration)
    {
        var addresses = Addresses.Configured(configuration).DefaultIfEmpty(Addresses.Default).ToList();
        var isProxied = (configuration.GetSection(ProxyOptions.Section).Get<ProxyOptions>() ?? new()).IsConfigured;
        return
            addresses.Find(address => !Addresses.IsLoopback(address) && address.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
                is { } open
            && !isProxied
            ? Finding.Warning(
                Area,
                open,
                "Other machines can reach the server without encryption.",
                "Listen at a loopback address behind a TLS proxy, and set Proxy:Addresses:0 to the proxy."
            )
            : Finding.Ok(Area, string.Join(", ", addresses), "The server listens there.");
    }
}
