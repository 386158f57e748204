using System.Xml.Linq;
using KlaviyoExport.Tests;

namespace KlaviyoExport.Web.Tests.Localization;

/// <summary>An entry of a .resx file in the three languages.</summary>
/// <param name="File">The path of the English file below src, without its extension.</param>
/// <param name="Key">The name of the entry.</param>
/// <param name="In">The texts by the name of the language. A missing one is empty.</param>
internal sealed record LocalizedText(string File, string Key, IReadOnlyDictionary<string, string> In)
{
    public const string English = "en";

    private static readonly string Source = Path.Combine(Repository.Root, "src");

    /// <summary>The languages of the translations.</summary>
    public static IReadOnlyList<string> Translations { get; } = ["sr-Cyrl", "ca"];

    /// <summary>The entries of all files that have a neutral language, the pages' and the library's.</summary>
    public static IReadOnlyList<LocalizedText> All { get; } = [.. Files().SelectMany(Entries)];

    /// <summary>The files of a language that have an entry which the English file does not have.</summary>
    public static IEnumerable<string> WithoutEnglish() =>
        from file in Files()
        from language in Translations
        from key in Read(file, language).Keys.Except(Read(file, English).Keys)
        select $"{file}.{language}: {key}";

    public override string ToString() => $"{File}: {Key}";

    private static IEnumerable<string> Files() =>
        Directory
            .EnumerateFiles(Source, "*.resx", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Source, file)[..^".resx".Length].Replace('\\', '/'))
            .Where(file => !Path.GetFileName(file).Contains('.', StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<LocalizedText> Entries(string file)
    {
        var languages = Translations.Append(English).ToDictionary(language => language, language => Read(file, language));
        return languages[English]
            .Keys.Select(key => new LocalizedText(
                file,
                key,
                languages.ToDictionary(language => language.Key, language => language.Value.GetValueOrDefault(key, ""))
            ));
    }

    private static Dictionary<string, string> Read(string file, string language) =>
        XDocument
            .Load(Path.Combine(Source, language == English ? $"{file}.resx" : $"{file}.{language}.resx"))
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);
}
