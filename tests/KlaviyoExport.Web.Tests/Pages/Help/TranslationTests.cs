using System.Globalization;
using System.Xml.Linq;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Pages.Help;

namespace KlaviyoExport.Web.Tests.Pages.Help;

/// <summary>The guides say what the pages say, in each language.</summary>
public sealed class TranslationTests
{
    private static readonly string[] Translated = ["quick-start", "administrator", "contributor", "operator"];

    private readonly HelpLibrary _library = new();

    public static TheoryData<string> Guides =>
        [.. new HelpLibrary().All.Select(document => document.Path).Where(path => path.StartsWith("guides/", StringComparison.Ordinal))];

    public static TheoryData<string, string> Translations =>
        [.. from language in new[] { "sr-Cyrl", "ca" } from page in Translated select new TheoryDataRow<string, string>(language, page)];

    [Theory]
    [MemberData(nameof(Translations))]
    public void A_translation_has_the_headings_of_the_English_guide(string language, string page)
    {
        var english = _library.Find(page, new CultureInfo("en"))!;
        var translation = _library.Find(page, new CultureInfo(language))!;

        Assert.Equal(language, translation.Place.Language);
        Assert.Equal(english.Headings.Select(heading => heading.Level), translation.Headings.Select(heading => heading.Level));
        Assert.Equal(english.Headings.Select(heading => heading.Anchor), translation.Headings.Select(heading => heading.Anchor));
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void A_label_of_a_guide_is_a_text_of_the_product_in_its_language(string path)
    {
        var texts = TextsIn(HelpPlace.Of(path).Language);

        Assert.DoesNotContain(GuideLabels.Of(path), label => !texts.Contains(label));
    }

    private static HashSet<string> TextsIn(string language) =>
        [
            .. Directory
                .EnumerateFiles(
                    Path.Combine(Repository.Root, "src"),
                    language == HelpPlace.English ? "*.resx" : $"*.{language}.resx",
                    SearchOption.AllDirectories
                )
                .Where(file =>
                    language != HelpPlace.English || !Path.GetFileNameWithoutExtension(file).Contains('.', StringComparison.Ordinal)
                )
                .SelectMany(file => XDocument.Load(file).Root!.Elements("data"))
                .Select(data => data.Element("value")!.Value),
        ];
}
