using System.Net;

namespace KlaviyoExport.Web.Hosting;

/// <summary>The addresses that the application listens at. By default, only a loopback address.</summary>
internal static class Addresses
{
    public const string Default = "http://127.0.0.1:5080";

    public static void AddAddresses(this WebApplicationBuilder builder)
    {
        if (!Configured(builder.Configuration).Any())
            builder.WebHost.UseUrls(Default);
    }

    /// <summary>Returns all addresses in the configuration, from all keys that the server reads.</summary>
    public static IEnumerable<string> Configured(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]);
        var options = configuration.Get<AddressOptions>() ?? new();
        var ports = Split(options.HttpPorts)
            .Select(port => $"http://*:{port}")
            .Concat(Split(options.HttpsPorts).Select(port => $"https://*:{port}"));
        // Like the server, prefer addresses to ports.
        var urls = Split(options.Urls);
        return [.. urls.Length > 0 ? urls : ports, .. endpoints.OfType<string>()];
    }

    /// <summary>Returns whether an address can be reached only from this machine.</summary>
    public static bool IsLoopback(string address)
    {
        // Addresses with the wildcards "+" and "*" do not parse as a URI. They are not loopback addresses.
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            return false;
        return uri.Scheme is "http" or "https"
            && (uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));
    }

    public static bool AreLoopback(IConfiguration configuration) => Configured(configuration).All(IsLoopback);

    private static string[] Split(string? value) =>
        (value ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
