using System.Net;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Section <c>Proxy</c>: the reverse proxies whose X-Forwarded headers (client address, scheme, host and path prefix) are trusted. None by
/// default.
/// </summary>
public sealed class ProxyOptions
{
    public const string Section = "Proxy";

    /// <summary>IP addresses of trusted proxies, such as 10.0.0.5.</summary>
    public List<string> Addresses { get; set; } = [];

    /// <summary>Networks of trusted proxies, such as 10.0.0.0/8.</summary>
    public List<string> Networks { get; set; } = [];

    internal bool IsConfigured => Addresses.Count + Networks.Count > 0;

    internal sealed class Validator : IValidateOptions<ProxyOptions>
    {
        public ValidateOptionsResult Validate(string? name, ProxyOptions options)
        {
            var faults = options
                .Addresses.Where(text => !IPAddress.TryParse(text, out _))
                .Select(text => $"{Section}:{nameof(Addresses)} holds \"{text}\", which is no IP address.")
                .Concat(
                    options
                        .Networks.Where(text => !IPNetwork.TryParse(text, out _))
                        .Select(text => $"{Section}:{nameof(Networks)} holds \"{text}\", which is no network such as 10.0.0.0/8.")
                )
                .ToList();
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
