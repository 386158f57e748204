using FsCheck;
using FsCheck.Fluent;
using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.ConfigurationFiles.Yaml;

namespace KlaviyoExport.Tests.ConfigurationFiles;

public sealed class YamlTextTests
{
    private static readonly string[] Pieces =
    [
        "a",
        "Ж",
        "1",
        "-",
        " ",
        "  ",
        "\n",
        "\t",
        ":",
        ": ",
        "#",
        " #",
        "'",
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "true",
        "null",
        "~",
        "yes",
        "0x1F",
        "1e3",
        "07:30",
        "2026-11-22",
        "\r",
        "\u0001",
        "\u0085",
        "\u2028",
        "\uFEFF",
        "🙂",
        "?",
        "=",
        "<<",
    ];

    [Fact]
    public void Any_text_is_read_as_it_was_written()
    {
        var texts = Gen.Elements(Pieces).ArrayOf().Where(pieces => pieces.Length < 12).Select(string.Concat);
        Prop.ForAll(
                Arb.From(texts),
                text =>
                {
                    var scalar = YamlScalar.Quoted(text);
                    var written = new YamlMap(
                        Place.None,
                        [
                            new YamlEntry("text", Place.None, scalar),
                            new YamlEntry("list", Place.None, new YamlList(Place.None, [scalar, scalar])),
                            new YamlEntry(
                                "line",
                                Place.None,
                                new YamlMap(Place.None, [new YamlEntry("text", Place.None, scalar)]) { IsInline = true }
                            ),
                        ]
                    );
                    var faults = new FaultList();

                    var read = (YamlMap?)YamlReader.Read(YamlWriter.Document(written), faults);

                    return faults.Count == 0
                        && read is not null
                        && Texts(read).SequenceEqual(Enumerable.Repeat(text, 4))
                        && Scalars(read).All(one => !one.IsNothing);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Theory]
    [InlineData("Newsletter readers", "Newsletter readers")]
    [InlineData("/srv/files/customers.csv", "/srv/files/customers.csv")]
    [InlineData("Продавница", "Продавница")]
    [InlineData("true", "'true'")]
    [InlineData("No", "'No'")]
    [InlineData("2026-11-22", "'2026-11-22'")]
    [InlineData("007", "'007'")]
    [InlineData("a: b", "'a: b'")]
    public void A_text_has_quotes_only_where_it_needs_them(string text, string written) =>
        Assert.Equal(
            $"text: {written}\n",
            YamlWriter.Document(new YamlMap(Place.None, [new YamlEntry("text", Place.None, YamlScalar.Quoted(text))]))
        );

    private static IEnumerable<string> Texts(YamlNode node) => Scalars(node).Select(scalar => scalar.Text);

    private static IEnumerable<YamlScalar> Scalars(YamlNode node) =>
        node switch
        {
            YamlMap map => map.Entries.SelectMany(entry => Scalars(entry.Value)),
            YamlList list => list.Items.SelectMany(Scalars),
            _ => [(YamlScalar)node],
        };
}
