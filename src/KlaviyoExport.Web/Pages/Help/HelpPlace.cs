namespace KlaviyoExport.Web.Pages.Help;

/// <summary>
/// What the path of a document says: which page of the help site shows it, and in which language. "guides/sr/operator.md" is the page
/// "operator" in Serbian, "sources/files.md" the page "sources/files" in English.
/// </summary>
public sealed record HelpPlace(string Page, string Language)
{
    public const string English = "en";
    private const string Guides = "guides/";
    private const string Extension = ".md";

    /// <summary>The folders of the translated guides, by the language of the reader.</summary>
    private static readonly Dictionary<string, string> Folders = new() { ["sr/"] = "sr-Cyrl", ["ca/"] = "ca" };

    public static bool IsDocument(string path) => path.EndsWith(Extension, StringComparison.Ordinal);

    public static HelpPlace Of(string path)
    {
        var page = path[..^Extension.Length];
        if (!page.StartsWith(Guides, StringComparison.Ordinal))
            return new(page, English);
        var guide = page[Guides.Length..];
        var folder = guide[..(guide.IndexOf('/', StringComparison.Ordinal) + 1)];
        return Folders.TryGetValue(folder, out var language) ? new(guide[folder.Length..], language) : new(guide, English);
    }
}
