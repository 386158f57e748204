namespace KlaviyoExport.Web.Pages.Account;

/// <summary>Names browsers and systems in a few words, for a person who looks through the own sessions.</summary>
internal static class BrowserName
{
    // Each browser also names those that it is like, so the order matters.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];

    /// <param name="agent">A User-Agent header.</param>
    /// <returns>Such as "Firefox, Windows". Null when nothing of it is known.</returns>
    public static string? Of(string? agent) =>
        string.Join(", ", new[] { Find(Browsers, agent), Find(Systems, agent) }.OfType<string>()) is { Length: > 0 } name ? name : null;

    private static string? Find((string Mark, string Name)[] known, string? agent) =>
        known.FirstOrDefault(candidate => agent?.Contains(candidate.Mark, StringComparison.Ordinal) == true).Name;
}
