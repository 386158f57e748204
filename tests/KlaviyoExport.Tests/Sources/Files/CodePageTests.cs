using System.Text;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.Tests.Sources.Files;

public sealed class CodePageTests
{
    private const string Serbian = "Petrović,Đorđević,Žikica,Šabac,Čačak,Niš,Kruševac,Živković,Šećerović";
    private const string Cyrillic = "Петровић,Ђорђевић,Љубица,Београд,Чачак,Ниш,Њгош";
    private const string Catalan = "Núria,Girona,Lleó,Òdena,Castellà,Cabré,Llorenç,Raül,Martí,Montsià,Farré i Solà,Col·lell";
    private const string Spanish = "José,Núñez,Muñoz,Logroño,Martín,Ramírez,Ángel";
    private const string German = "Müller,Jäger,Größe,Köln,Weiß,Schröder";
    private const string Czech = "Dvořák,Černý,Růžička,Příbram,Jiří,Němec";

    [Theory]
    [InlineData("windows-1250", Serbian)]
    [InlineData("iso-8859-2", Serbian)]
    [InlineData("windows-1250", Czech)]
    [InlineData("windows-1251", Cyrillic)]
    [InlineData("windows-1252", Catalan)]
    [InlineData("windows-1252", Spanish)]
    [InlineData("windows-1252", German)]
    [InlineData("iso-8859-15", Catalan)]
    [InlineData("iso-8859-15", "Šarin,François,Bœuf,Lacœur,Cœuré,Élève,Garçon,10 €")]
    public async Task The_code_page_is_found_by_the_letters(string encoding, string names)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(store.Write("c.csv", Bytes(encoding, names)));

        Assert.Equal(names.Split(','), (await store.ReadAllAsync(source)).Select(profile => profile.Values[1]));
        Assert.Equal(0, source.MalformedCount);
    }

    [Theory]
    [InlineData("windows-1250")]
    [InlineData("windows-1251")]
    [InlineData("windows-1252")]
    [InlineData("iso-8859-2")]
    [InlineData("iso-8859-15")]
    public async Task A_chosen_encoding_is_used(string encoding)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(
            store.Write("c.csv", [.. "id,name\n1,"u8, 0xE6, 0xF0, .. "\n"u8]),
            dialect: new FileDialect { Encoding = encoding }
        );

        Assert.Equal(Of(encoding).GetString([0xE6, 0xF0]), Assert.Single(await store.ReadAllAsync(source)).Values[1]);
    }

    [Fact]
    public async Task When_in_doubt_the_preview_shows_the_words_that_differ()
    {
        await using var store = await SourceStore.CreateAsync();
        var preview = await store.Sources.TestAsync(
            SourceStore.Administrator,
            new SourceDraft { Location = store.Write("c.csv", Bytes("windows-1250", "Petrović")) },
            CancellationToken.None
        );

        Assert.Equal("windows-1250", preview.Findings!.Encoding);
        Assert.Equal(["Petrović"], preview.Findings.Candidates[0].Words);
        Assert.Contains(preview.Findings.Candidates, candidate => candidate.Name == "windows-1252" && candidate.Words is ["Petroviæ"]);
    }

    [Fact]
    public async Task Without_doubt_no_other_encoding_is_offered()
    {
        await using var store = await SourceStore.CreateAsync();
        var preview = await store.Sources.TestAsync(
            SourceStore.Administrator,
            new SourceDraft { Location = store.Write("c.csv", Bytes("windows-1250", Serbian)) },
            CancellationToken.None
        );

        Assert.Empty(preview.Findings!.Candidates);
    }

    [Fact]
    public async Task A_letter_that_comes_late_in_a_large_file_decides()
    {
        await using var store = await SourceStore.CreateAsync();
        var plain = string.Concat(Enumerable.Range(1, 200_000).Select(i => $"p{i},plain\n"));
        var source = await store.AddCsvAsync(
            store.Write("c.csv", [.. "id,name\n"u8, .. Encoding.ASCII.GetBytes(plain), .. Bytes("windows-1250", Serbian)[8..]])
        );

        Assert.Equal("Đorđević", (await store.ReadAllAsync(source)).Single(profile => profile.Key == "02").Values[1]);
    }

    [Fact]
    public async Task A_few_damaged_rows_do_not_make_UTF_8_another_encoding()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(store.Write("c.csv", [.. "id,name\n1,Núria\n2,Žućko\n3,"u8, 0xE6, .. "\n"u8]));

        Assert.Equal(["Núria", "Žućko"], (await store.ReadAllAsync(source)).Select(profile => profile.Values[1]));
        Assert.Equal(1, source.MalformedCount);
    }

    private static Encoding Of(string name) => CodePagesEncodingProvider.Instance.GetEncoding(name)!;

    private static byte[] Bytes(string encoding, string names) =>
        Of(encoding).GetBytes("id,name\n" + string.Concat(names.Split(',').Select((name, i) => $"{i + 1:D2},{name}\n")));
}
