using System.Globalization;

namespace KlaviyoExport.Web.Pages.Help;

/// <summary>
/// The documents and pictures of the help site. They are part of the program, so they are read once. A document is written as HTML when
/// somebody opens it for the first time.
/// </summary>
internal sealed class HelpLibrary
{
    private readonly Lazy<Dictionary<string, HelpDocument>> _byFile;
    private readonly Lazy<Dictionary<HelpPlace, HelpDocument>> _byPlace;
    private readonly Lazy<Dictionary<string, HelpPicture>> _pictures = new(() =>
        HelpFiles
            .Paths.Where(path => !HelpPlace.IsDocument(path))
            .ToDictionary(path => path, path => new HelpPicture(path, HelpFiles.Bytes(path)))
    );

    public HelpLibrary()
    {
        _byFile = new(ReadAll);
        _byPlace = new(() => _byFile.Value.Values.ToDictionary(document => document.Place));
    }

    public IEnumerable<HelpDocument> All => _byFile.Value.Values;

    /// <summary>Returns a page in the reader's language, or in English when it is not translated. Null when it does not exist.</summary>
    public HelpDocument? Find(string page, CultureInfo reader) =>
        _byPlace.Value.GetValueOrDefault(new(page, reader.Name)) ?? _byPlace.Value.GetValueOrDefault(new(page, HelpPlace.English));

    /// <param name="path">Below docs/.</param>
    public HelpDocument? OfFile(string path) => _byFile.Value.GetValueOrDefault(path);

    /// <param name="path">Below docs/.</param>
    public HelpPicture? PictureOf(string path) => _pictures.Value.GetValueOrDefault(path);

    /// <summary>Returns all pages, in groups, in the reader's language where they are translated.</summary>
    public IReadOnlyList<HelpGroup> Contents(CultureInfo reader)
    {
        var named = HelpContents.Groups.SelectMany(group => group.Pages).ToHashSet(StringComparer.Ordinal);
        var others = All.Select(document => document.Place.Page).Distinct().Where(page => !named.Contains(page));
        var last = HelpContents.Groups[^1];
        return [.. HelpContents.Groups.SkipLast(1).Append((last.Group, [.. last.Pages, .. others])).Select(GroupOf)];

        HelpGroup GroupOf((string Name, string[] Pages) group) =>
            new(group.Name, [.. group.Pages.Select(page => Find(page, reader)).OfType<HelpDocument>()]);
    }

    // A translation needs its English document.
    private Dictionary<string, HelpDocument> ReadAll()
    {
        var writer = new HelpWriter(this);
        var english = new Dictionary<string, HelpDocument>(StringComparer.Ordinal);
        var all = new Dictionary<string, HelpDocument>(StringComparer.Ordinal);
        foreach (var path in HelpFiles.Paths.Where(HelpPlace.IsDocument).OrderByDescending(IsEnglish))
        {
            var page = HelpPlace.Of(path).Page;
            var document = new HelpDocument(
                path,
                HelpMarkdown.Read(HelpFiles.Text(path)),
                IsEnglish(path) ? null : english.GetValueOrDefault(page),
                writer.Write
            );
            all.Add(path, document);
            if (IsEnglish(path))
                english.Add(page, document);
        }
        return all;
    }

    private static bool IsEnglish(string path) => HelpPlace.Of(path).Language == HelpPlace.English;
}
