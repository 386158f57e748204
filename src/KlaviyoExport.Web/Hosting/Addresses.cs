using System.Net;

namespace KlaviyoExport.Web.Hosting;

/// <summary>Where the application listens: loopback only, unless told otherwise.</summary>
internal static class Addresses
{
    public const string Default = "http://127.0.0.1:5080";

    public static void AddAddresses(this WebApplicationBuilder builder)
    {
        if (!Configured(builder.Configuration).Any())
            builder.WebHost.UseUrls(Default);
    }

    /// <summary>Every address the configuration names, by whichever of the server's keys.</summary>
    public static IEnumerable<string> Configured(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]);
        var ports = Split(configuration[WebHostDefaults.HttpPortsKey])
            .Select(port => $"http://*:{port}")
            .Concat(Split(configuration[WebHostDefaults.HttpsPortsKey]).Select(port => $"https://*:{port}"));
        // Addresses win over bare ports, as they do in the server.
        var urls = Split(configuration[WebHostDefaults.ServerUrlsKey]);
        return [.. urls.Length > 0 ? urls : ports, .. endpoints.OfType<string>()];
    }

    /// <summary>Whether an address can be reached from this machine only.</summary>
    public static bool IsLoopback(string address)
    {
        // "+" and "*" stand for every address and are no URI.
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
            return false;
        return uri.Scheme is "http" or "https"
            && (uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));
    }

    public static bool AreLoopback(IConfiguration configuration) => Configured(configuration).All(IsLoopback);

    private static string[] Split(string? value) =>
        (value ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
