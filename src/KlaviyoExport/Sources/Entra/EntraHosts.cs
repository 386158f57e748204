using System.Text.RegularExpressions;

namespace KlaviyoExport.Sources.Entra;

/// <summary>
/// The servers that may receive access tokens of Microsoft Entra. A token for Azure SQL is valid at all of a company's databases, so it is
/// sent only to hosts under domains of Microsoft, and to those that whoever operates the installation adds. The audience of a token depends
/// on the host alone, never on what a server asks for.
/// </summary>
internal static partial class EntraHosts
{
    private const string Public = "https://database.windows.net/.default";
    private const string Government = "https://database.usgovcloudapi.net/.default";
    private const string China = "https://database.chinacloudapi.cn/.default";

    private static readonly (string Domain, string Scope)[] Domains =
    [
        (".database.windows.net", Public),
        (".sql.azuresynapse.net", Public),
        (".datawarehouse.fabric.microsoft.com", Public),
        (".database.fabric.microsoft.com", Public),
        (".datawarehouse.pbidedicated.windows.net", Public),
        (".database.usgovcloudapi.net", Government),
        (".sql.azuresynapse.usgovcloudapi.net", Government),
        (".database.chinacloudapi.cn", China),
        (".sql.azuresynapse.azure.cn", China),
    ];

    /// <summary>Whether a host is an environment of Dataverse, such as contoso.crm4.dynamics.com.</summary>
    public static bool IsDataverse(string host) => Dataverse().IsMatch(host);

    /// <summary>Returns the scope of the tokens for a host. Null when it may not receive tokens.</summary>
    /// <param name="host">The name of the server.</param>
    /// <param name="added">Further hosts: names, or domains that start with a dot. Their tokens are those for Azure SQL.</param>
    public static string? ScopeOf(string host, IEnumerable<string> added)
    {
        // The audience of Dataverse's SQL endpoint ends with a slash.
        if (IsDataverse(host))
            return $"https://{host.ToLowerInvariant()}//.default";
        foreach (var (domain, scope) in Domains)
            if (IsIn(host, domain))
                return scope;
        return added.Any(known => IsIn(host, known)) ? Public : null;
    }

    private static bool IsIn(string host, string known) =>
        known.StartsWith('.')
            ? host.EndsWith(known, StringComparison.OrdinalIgnoreCase)
            : host.Equals(known, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(
        @"\A[a-z0-9-]+\.crm\d*\.(dynamics\.com|dynamics\.cn|microsoftdynamics\.us|appsplatform\.us)\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Dataverse();
}
