using System.Text.RegularExpressions;
using KlaviyoExport.Tests;

namespace KlaviyoExport.Web.Tests.Localization;

/// <summary>Code asks for every text. A key is used if a string of the code is the key, or begins a string that is composed to it.</summary>
public sealed partial class UnusedTextTests
{
    private const string Library = "KlaviyoExport/";
    private const string Shared = "KlaviyoExport.Web/Components/";

    private static readonly string Source = Path.Combine(Repository.Root, "src");

    // Composed of two or more parts, none of which is the beginning of the key.
    private static readonly string[] Composed =
    [
        // RelativeTime: the direction and the unit.
        .. from direction in new[] { "Ago", "In" }
        from unit in new[] { "Moments", "Minute", "Hour", "Day" }
        select $"KlaviyoExport.Web/Components/Texts: {direction}.{unit}",
        // LookupWords: in or not in, and what.
        .. from end in new[] { "InSegment", "NotInSegment", "InTableOfSegment", "NotInTableOfSegment" }
        select $"KlaviyoExport.Web/Pages/Lookup/Texts: {end}",
        // WantedConfiguration: the code of an unknown name, and Near.
        .. from name in new[] { "Source", "Segment", "Connection" } select $"KlaviyoExport/ConfigurationFiles/Messages: {name}UnknownNear",
        // Stored by earlier versions as the health of a connection; Secrets has them now.
        .. from end in new[]
        {
            "NoVault",
            "VaultNameMalformed",
            "VaultNotFound",
            "VaultForbidden",
            "VaultUnreachable",
            "VaultFailed",
            "VaultNoIdentity",
            "VaultNoKey",
        }
        select $"KlaviyoExport/Connections/Messages: {end}",
    ];

    [Fact]
    public void Every_text_is_used()
    {
        var code = Directory
            .EnumerateFiles(Source, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor")
            .Select(file => (Path: Path.GetRelativePath(Source, file).Replace('\\', '/'), Content: File.ReadAllText(file)))
            .Where(file => !file.Path.Contains("/obj/", StringComparison.Ordinal))
            .ToList();
        var unused = LocalizedText.All.GroupBy(text => text.File).SelectMany(file => Unused(file.Key, [.. file], code));

        Assert.Equal(Composed.Order(StringComparer.Ordinal), unused.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Unused(string file, IReadOnlyList<LocalizedText> texts, List<(string Path, string Content)> code)
    {
        var folder = Path.GetDirectoryName(file)!.Replace('\\', '/') + "/";
        // Messages of the library are named with their room; texts of a page are used below its folder, the shared ones everywhere.
        var room = file.StartsWith(Library, StringComparison.Ordinal) ? Path.GetFileName(folder.TrimEnd('/')) + "." : "";
        var content = string.Join(
            '\n',
            code.Where(one => room.Length > 0 || folder == Shared || one.Path.StartsWith(folder, StringComparison.Ordinal))
                .Select(one => one.Content)
        );
        var whole = Whole().Matches(content).Select(match => match.Groups["key"].Value).ToHashSet();
        var beginnings = Beginning()
            .Matches(content)
            .Select(match => match.Groups["key"].Value)
            .Where(beginning => beginning.Length > room.Length + 1)
            .ToHashSet();
        return texts
            .Where(text =>
                !whole.Contains(room + text.Key)
                && !whole.Contains(text.Key)
                && !beginnings.Any(beginning => (room + text.Key).StartsWith(beginning, StringComparison.Ordinal))
            )
            .Select(text => text.ToString());
    }

    [GeneratedRegex(@"""(?<key>[A-Za-z0-9_.:]+)""")]
    private static partial Regex Whole();

    [GeneratedRegex(@"""(?<key>[A-Za-z0-9_.]+)(\{|(?<=\.)"")")]
    private static partial Regex Beginning();
}
