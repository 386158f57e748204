using KlaviyoExport.Connections;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Components.Layout;

namespace KlaviyoExport.Web.Tests.Localization;

/// <summary>The words of labels are those of docs/glossary.md.</summary>
public sealed class GlossaryTests
{
    private const string Shared = "KlaviyoExport.Web/Components/Texts";
    private const string Exports = "KlaviyoExport.Web/Pages/Exports/Texts";
    private const string Runs = "KlaviyoExport.Web/Pages/Runs/Texts";

    // Entries of the menu that are plain words, not terms of the product.
    private static readonly string[] PlainWords = ["Home", "Data", "Person", "Admin", "General", "About", "Help"];

    private static readonly Row[] Glossary = ReadGlossary();

    /// <summary>Labels that are terms of the product.</summary>
    public static TheoryData<string, string> Terms =>
        [
            .. SitePages
                .Groups.SelectMany(group => group.Pages)
                .Select(page => page.Text)
                .Except(PlainWords)
                .Select(key => new TheoryDataRow<string, string>(Shared, key)),
            .. Keys<Role>(Shared, "Role."),
            // While a run works, its status also names the stage.
            .. Keys<RunState>(Shared, "Status.").Where(row => Text(row.Data).In["en"].IndexOf(": ", StringComparison.Ordinal) < 0),
            .. Keys<SyncMode>(Exports, "SyncMode."),
            .. Keys<Stage>(Runs, "Stage.").Where(row => row.Data.Item2 != $"Stage.{Stage.Close}"),
            .. new[]
            {
                "Members",
                "Prepared",
                "Accepted",
                "Refused",
                "Unconfirmed",
                "Unsent",
                "Unchanged",
                "Ledger",
                "Batches",
                "Rejections",
            }.Select(key => new TheoryDataRow<string, string>(Runs, key)),
            .. new[]
            {
                "Name",
                "List",
                "Status",
                "Refreshed",
                "Schedule",
                "NextRun",
                "SyncMode",
                "Matching",
                "ConnectionFor",
                "Recurrence",
            }.Select(key => new TheoryDataRow<string, string>(Exports, key)),
            .. Enum.GetValues<Sharing>()
                .Where(sharing => sharing == Sharing.Administrators)
                .Select(sharing => new TheoryDataRow<string, string>("KlaviyoExport.Web/Pages/Connections/Texts", $"Sharing.{sharing}")),
        ];

    [Theory]
    [MemberData(nameof(Terms))]
    public void A_term_of_a_label_is_in_the_glossary(string file, string key) =>
        Assert.Contains(Glossary, row => row.English.Contains(Text((file, key)).In["en"]));

    [Fact]
    public void A_label_that_is_an_English_term_has_the_words_of_its_translations() =>
        Assert.All(
            LocalizedText.All,
            text =>
            {
                var rows = Glossary.Where(row => row.English.Contains(text.In["en"])).ToList();
                Assert.True(
                    rows.Count == 0 || rows.Exists(row => row.Serbian.Contains(text.In["sr-Cyrl"]) && row.Catalan.Contains(text.In["ca"])),
                    $"{text}: {text.In["en"]}, {text.In["sr-Cyrl"]}, {text.In["ca"]}"
                );
            }
        );

    [Fact]
    public void Each_term_is_in_the_glossary_once_with_its_meaning()
    {
        Assert.True(Glossary.Length > 80);
        Assert.All(Glossary, row => Assert.EndsWith(".", row.Meaning));
        Assert.Equal(Glossary.Length, Glossary.Select(row => string.Join(", ", row.English)).Distinct().Count());
    }

    private static LocalizedText Text((string File, string Key) label) =>
        LocalizedText.All.Single(text => text.File == label.File && text.Key == label.Key);

    private static IEnumerable<TheoryDataRow<string, string>> Keys<T>(string file, string prefix)
        where T : struct, Enum => Enum.GetNames<T>().Select(name => new TheoryDataRow<string, string>(file, prefix + name));

    private static Row[] ReadGlossary() =>
        [
            .. File.ReadAllLines(Path.Combine(Repository.Root, "docs/glossary.md"))
                .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
                .Select(line => line.Trim('|', ' ').Split(" | "))
                .Where(cells => cells[0] is not ("English" or "---"))
                .Select(cells => new Row(Forms(cells[0]), Forms(cells[1]), Forms(cells[2]), cells[3])),
        ];

    private static HashSet<string> Forms(string cell) => new(cell.Split(", "), StringComparer.InvariantCultureIgnoreCase);

    private sealed record Row(HashSet<string> English, HashSet<string> Serbian, HashSet<string> Catalan, string Meaning);
}
