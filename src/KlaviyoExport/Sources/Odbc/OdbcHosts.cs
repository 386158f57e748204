using System.Net;
using System.Text.RegularExpressions;

namespace KlaviyoExport.Sources.Odbc;

/// <summary>
/// Finds the hosts in the keys of a connection string, so that they can be checked like the host of any other source. A data source that is
/// configured on the machine can name a host as well; whoever administers the machine is responsible for it.
/// </summary>
internal static partial class OdbcHosts
{
    // Each is compared with the letters and digits of a key in capitals.
    private static readonly HashSet<string> Names =
    [
        "SERVER",
        "SERVERNAME",
        "SERVERNODE",
        "ADDRESS",
        "ADDR",
        "NETWORKADDRESS",
        "NETWORK",
        "DATASOURCE",
        "DBCNAME",
        "DBQ",
        "FAILOVERPARTNER",
        "ACCOUNT",
    ];

    private static readonly string[] Ends = ["PROXY", "URL", "URI", "ENDPOINT", "BROKER", "SERVERS", "NODES"];

    /// <summary>
    /// Returns the names and addresses in the keys that hold hosts, and the addresses in all other keys: drivers have more keys than are
    /// known here.
    /// </summary>
    public static IEnumerable<string> Of(OdbcTarget target) =>
        target.Keys.SelectMany(key => Parts(key.Value).Where(part => IsAddress(part) || HoldsHosts(key.Name) && IsName(part))).Distinct();

    private static bool HoldsHosts(string key)
    {
        var letters = OdbcRules.Letters(key);
        return Names.Contains(letters)
            || letters.Contains("HOST", StringComparison.Ordinal)
            || Array.Exists(Ends, end => letters.EndsWith(end, StringComparison.Ordinal));
    }

    // A value can be a list, a URL, or a description such as (ADDRESS=(HOST=a)(PORT=1)). An address of version 6 has colons itself.
    private static IEnumerable<string> Parts(string value) =>
        Separators()
            .Split(value)
            .SelectMany(part => WithoutEnds(part).Append(part).Where(IsAddress).Concat(part.Split(':')))
            .Select(part => part.TrimEnd('.'))
            .Where(part => part.Length > 0);

    // tcp:fe80::1 or fe80::1:1433
    private static IEnumerable<string> WithoutEnds(string part)
    {
        var (first, last) = (part.IndexOf(':', StringComparison.Ordinal), part.LastIndexOf(':'));
        return first < 0 ? []
            : first < last ? [part[(first + 1)..], part[..last], part[(first + 1)..last]]
            : [];
    }

    private static bool IsAddress(string part) => IPAddress.TryParse(part, out _);

    private static bool IsName(string part) => Uri.CheckHostName(part) == UriHostNameType.Dns;

    [GeneratedRegex(@"[^\w.:%-]+")]
    private static partial Regex Separators();
}
