using System.Net;
using Microsoft.Extensions.Options;

namespace KlaviyoExport;

/// <summary>Section <c>Network</c>: addresses to which the product connects only if they are named here.</summary>
public sealed class NetworkOptions
{
    public const string Section = "Network";

    /// <summary>
    /// The link-local and metadata addresses that sources and webhooks may connect to, each a single address or a range such as
    /// 169.254.10.0/24. Whoever may add sources or webhooks can then read what the service at this address tells the machine.
    /// </summary>
    public IList<string> AllowedMachineAddresses { get; set; } = [];

    /// <summary>Returns the range of an entry. Null when it is neither an address nor a range.</summary>
    internal static IPNetwork? RangeOf(string entry) =>
        IPAddress.TryParse(entry, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(entry, out var range) ? range
        : null;

    internal sealed class Validator : IValidateOptions<NetworkOptions>
    {
        public ValidateOptionsResult Validate(string? name, NetworkOptions options)
        {
            var faults = options
                .AllowedMachineAddresses.Index()
                .Where(entry => RangeOf(entry.Item) is null)
                .Select(entry =>
                    $"{Section}:AllowedMachineAddresses:{entry.Index} is \"{entry.Item}\". "
                    + "Set it to an address such as 169.254.10.1, or to a range such as 169.254.10.0/24."
                )
                .ToList();
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
