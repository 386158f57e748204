namespace KlaviyoExport.Web.Pages.Help;

/// <summary>The order of the contents. A page that is not named here is the last of the last group; a name without a document is left out.</summary>
internal static class HelpContents
{
    public static IReadOnlyList<(string Group, string[] Pages)> Groups { get; } =
    [
        ("Guides", ["quick-start", "administrator", "contributor", "operator", "how-it-works", "klaviyo", "troubleshooting"]),
        ("Data", ["sources", "sources/files", "sources/stores", "sources/servers", "sources/odbc", "segments", "delivery"]),
        ("Operation", ["installation", "configuration", "operations", "signing-in", "secrets", "alerts", "telemetry"]),
        ("Automation", ["console", "automation", "http-api", "mcp", "configuration-files", "sandbox"]),
        ("Protection", ["security", "privacy", "audit", "asvs"]),
        ("Development", ["architecture", "pages", "performance", "mutation"]),
    ];
}
