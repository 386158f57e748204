using System.Globalization;
using System.Text;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Csv;
using Microsoft.EntityFrameworkCore;
using Parquet;
using Parquet.Schema;
using static KlaviyoExport.Tests.Sources.Files.HostileFiles;

namespace KlaviyoExport.Tests.Sources.Files;

/// <summary>
/// Files that are made to fill the memory, to read other files, or to end the process: each is refused with a message or read as what it
/// is, needs little memory, and leaves nothing behind.
/// </summary>
public sealed class HostileFileTests
{
    private const int Million = 1_000_000;
    private const int SymbolicLink = unchecked((int)0xA1FF0000);

    private static readonly byte[] Csv = "id,name\n1,a\n"u8.ToArray();

    private static readonly string Laughs =
        "<!DOCTYPE x [<!ENTITY a0 \"ha\">"
        + string.Concat(Enumerable.Range(1, 9).Select(i => $"<!ENTITY a{i} \"{string.Concat(Enumerable.Repeat($"&a{i - 1};", 10))}\">"))
        + "]>";

    private const string External = "<!DOCTYPE x [<!ENTITY a9 SYSTEM \"file:///etc/passwd\">]>";

    private static readonly Dictionary<string, (Func<byte[]> Content, string Message)> Refused = new()
    {
        ["endless-line.csv"] = (() => Text("id,name\n1," + new string('x', 20 * Million)), "the row is longer than"),
        ["endless-header.csv"] = (() => Text(new string('x', 20 * Million)), "the header cannot be read"),
        ["endless-quote.csv"] = (() => Text("id,name\n1,\"" + new string('x', 20 * Million)), "the row is longer than"),
        ["endless-quotes.csv"] = (() => Text("id,name\n1,\"" + new string('"', 20 * Million)), "the row is longer than"),
        ["columns.csv"] = (() => Text("id" + string.Concat(Enumerable.Repeat(",c", 100_000)) + "\n1\n"), "columns"),
        ["nul.csv"] = (() => new byte[20 * Million], "the header cannot be read"),
        ["nul-value.csv"] = (() => Text("id,name\n1,\0\n"), "all of them are malformed (1)"),
        ["line.csv.gz"] = (() => Gzip([.. "id,name\n1,"u8, .. new byte[60 * Million].Select(_ => (byte)'x')]), "the row is longer than"),
        ["gzip-in-gzip.csv.gz"] = (() => Gzip(Gzip(Csv)), "is not a text file in its encoding"),
        ["link.zip"] = (() => Zip(SymbolicLink, ("link.csv", "/etc/passwd"u8.ToArray())), "has no column id"),
        ["twice.zip"] = (() => Zip(0, ("a.csv", Csv), ("a.csv", Csv)), "contains several files"),
        ["case.zip"] = (() => Zip(0, ("a.csv", Csv), ("A.CSV", Csv)), "contains several files"),
        ["zip-in-zip.zip"] = (() => Zip(0, ("inner.zip", Zip(0, ("a.csv", Csv)))), "is not a text file in its encoding"),
        ["smaller.zip"] = (() => WithSize(Zip(0, ("a.csv", Csv)), 3), "is damaged"),
        ["larger.zip"] = (() => WithSize(Zip(0, ("a.csv", Csv)), 0x7FFFFFFF), "is damaged"),
        ["huge.zip"] = (() => WithSize(Zip(0, ("a.csv", Csv)), 0xFFFFFFFE), "is damaged"),
        ["directory.zip"] = (() => WithEntries(Zip(0, ("a.csv", Csv)), 0xFFFE), "is damaged"),
        ["entries.zip"] = (
            () => Zip(0, [.. Enumerable.Range(0, 10_001).Select(i => (i.ToString(CultureInfo.InvariantCulture), Array.Empty<byte>()))]),
            "more than 10,000 files"
        ),
        ["laughs-in-sheet.xlsx"] = (() => Book(Rows(["id"], ["&a9;"]), prologue: Laughs), "is damaged"),
        ["laughs-in-texts.xlsx"] = (
            () => Book("<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData>", "<si><t>&a9;</t></si>", Laughs),
            "is damaged"
        ),
        ["laughs-in-workbook.xlsx"] = (() => Book(Rows(["id"], ["1"]), workbook: Laughs), "is damaged"),
        ["external-in-sheet.xlsx"] = (() => Book(Rows(["id"], ["&a9;"]), prologue: External), "is damaged"),
        ["external-in-texts.xlsx"] = (
            () => Book("<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData>", "<si><t>&a9;</t></si>", External),
            "is damaged"
        ),
        ["external-in-workbook.xlsx"] = (() => Book(Rows(["id"], ["1"]), workbook: External), "is damaged"),
        ["bomb.xlsx"] = (
            () => Book("<sheetData><row r=\"1\"><c r=\"A1\"><v>" + new string('1', 110 * Million) + "</v></c></row></sheetData>"),
            "longer than 10 MB"
        ),
        ["row.xlsx"] = (
            () =>
                Book(
                    "<!-- <row> --><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is>"
                        + string.Concat(
                            Enumerable.Repeat("<r><t>" + new string('1', 900_000) + "<![CDATA[<row>]]><!-- <row> --></t></r>", 20)
                        )
                        + "</is></c></row></sheetData>"
                ),
            "line 1: the row is longer than"
        ),
        ["attribute.xlsx"] = (
            () => Book("<sheetData><row r=\"1\" x=\"" + new string('1', 20 * Million) + "\"/></sheetData>"),
            "longer than"
        ),
        ["shared.xlsx"] = (
            () =>
                Book(
                    "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData>",
                    "<si><t>" + new string('1', 20 * Million) + "</t></si>"
                ),
            "longer than"
        ),
        ["checksum.zip"] = (() => WithChecksum(Zip(0, ("a.csv", Csv))), "is damaged"),
        ["checksum.xlsx"] = (() => WithChecksum(Book(Rows(["id"], ["1"]))), "is damaged"),
        ["column.xlsx"] = (() => Book("<sheetData><row r=\"1\"><c r=\"ZZZZZZ1\"><v>1</v></c></row></sheetData>"), "is damaged"),
        ["columns.xlsx"] = (() => Book("<sheetData><row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row></sheetData>"), "columns"),
        ["cell.xlsx"] = (() => Book(Rows(["id"], [new string('1', 20 * Million)])), "longer than"),
        ["deep.json"] = (() => Text("[" + new string('[', 100_000)), "does not end"),
        ["deep-objects.json"] = (
            () => Text("[" + string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000) + "]"),
            "no JSON object"
        ),
        ["deep.jsonl"] = (() => Text(new string('[', 100_000) + new string(']', 100_000)), "no JSON object"),
        ["endless.json"] = (() => Text("[" + string.Concat(Enumerable.Repeat("{\"id\":1},", 100_000))), "does not end"),
        ["text.json"] = (() => Text("[{\"id\":\"" + new string('x', 20 * Million) + "\"}]"), "longer than"),
        ["open-text.json"] = (() => Text("[{\"id\":\"" + new string('x', 20 * Million)), "longer than"),
        ["names.json"] = (
            () => Text("[{\"id\":1" + string.Concat(Enumerable.Range(0, 50_000).Select(i => $",\"c{i}\":1")) + "}]"),
            "columns"
        ),
        ["names-in-rows.jsonl"] = (() => Text(string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{{\"c{i}\":1}}\n"))), "columns"),
        ["footer.parquet"] = (() => Footer(int.MaxValue), "is damaged"),
        ["negative.parquet"] = (() => Footer(-1), "is damaged"),
        // A field with lists in lists, a struct without an end, and a list of more than there is.
        ["deep.parquet"] = (() => WithFooter([0x19, .. Enumerable.Repeat((byte)0x19, 1_000_000)]), "is damaged"),
        ["deep-structs.parquet"] = (() => WithFooter([.. Enumerable.Repeat((byte)0x1C, 1_000_000)]), "is damaged"),
        ["endless.parquet"] = (() => WithFooter([0x15, 0x02]), "is damaged"),
        ["list.parquet"] = (() => WithFooter([0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00]), "is damaged"),
        ["none.parquet"] = (() => Footer(0), "is damaged"),
    };

    private static readonly Dictionary<string, (Func<byte[]> Content, string[][] Rows)> Read = new()
    {
        ["parent.zip"] = (
            () => Zip(0, ("../../../../tmp/evil.csv", Csv)),
            [
                ["1", "a"],
            ]
        ),
        ["absolute.zip"] = (
            () => Zip(0, ("/tmp/evil.csv", Csv)),
            [
                ["1", "a"],
            ]
        ),
        ["backslash.zip"] = (
            () => Zip(0, ("x\\..\\..\\evil.csv", Csv)),
            [
                ["1", "a"],
            ]
        ),
        ["drive.zip"] = (
            () => Zip(0, ("C:\\evil.csv", Csv)),
            [
                ["1", "a"],
            ]
        ),
        ["nul.zip"] = (
            () => Zip(0, ("a.csv\0.exe", Csv)),
            [
                ["1", "a"],
            ]
        ),
        ["device.zip"] = (
            () => Zip(0, ("CON", Csv)),
            [
                ["1", "a"],
            ]
        ),
        ["dimension.xlsx"] = (
            () => Book("<dimension ref=\"A1:XFD1048576\"/>" + Rows(["id", "name"], ["1", "a"])),
            [
                ["1", "a"],
            ]
        ),
        ["count.xlsx"] = (
            () =>
                Book(
                    "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row></sheetData>",
                    "<si><t>id</t></si>"
                ),
            [
                ["1"],
            ]
        ),
        ["number.json"] = (
            () => Text("[{\"id\":1,\"n\":1e999999},{\"id\":2,\"n\":-1e-999999}]"),
            [
                ["1", "1e999999"],
                ["2", "-1e-999999"],
            ]
        ),
        ["digits.json"] = (
            () => Text("[{\"id\":1,\"n\":" + new string('9', 100_000) + "}]"),
            [
                ["1", new string('9', 100_000)],
            ]
        ),
        ["nul.json"] = (
            () => Text("[{\"i\\u0000d\":1,\"a\\u0000\\\"; DROP TABLE x;--\":\"x\"}]"),
            [
                ["1", "x"],
            ]
        ),
        ["comments.xlsx"] = (
            () =>
                Book(
                    "<!-- a --><sheetData><!-- <row> --><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t><![CDATA[id]]></t></is></c></row>"
                        + "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row></sheetData>"
                        + $"<mergeCells>{new string(' ', 11 * Million)}</mergeCells>"
                ),
            [
                ["1"],
            ]
        ),
        ["twice.json"] = (
            () => Text("[{\"id\":1,\"a\":\"x\",\"a\":\"y\"}]"),
            [
                ["1", "y"],
            ]
        ),
        ["prototype.json"] = (
            () => Text("[{\"id\":1,\"__proto__\":{\"a\":\"x\"}}]"),
            [
                ["1", "x"],
            ]
        ),
        ["formula.csv"] = (
            () => Text("id,name\n1,\"=HYPERLINK(\"\"http://x\"\")\"\n"),
            [
                ["1", "=HYPERLINK(\"http://x\")"],
            ]
        ),
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    public static TheoryData<string> ReadNames => [.. Read.Keys];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public async Task A_hostile_file_is_refused_with_little_memory_and_leaves_nothing(string name)
    {
        await using var store = await SourceStore.CreateAsync();
        var path = store.Write(name, Refused[name].Content());

        Assert.InRange(AllocatedToRefuse(path), 0, 60 * Million);
        Assert.Contains(Refused[name].Message, await SourceStore.RefusalAsync(() => store.AddCsvAsync(path)), StringComparison.Ordinal);
        await LeftNothingAsync(store, name);
        // The server is as good as before.
        Assert.Equal(1, (await store.AddCsvTextAsync("id,name\n1,a\n")).RowCount);
    }

    [Theory]
    [MemberData(nameof(ReadNames))]
    public async Task A_strange_file_is_read_as_what_it_is_and_writes_nowhere(string name)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(store.Write(name, Read[name].Content()));

        Assert.Equal(Read[name].Rows, (await store.ReadAllAsync(source)).Select(profile => profile.Values));
        Assert.Equal([name], Directory.EnumerateFileSystemEntries(store.Root).Select(Path.GetFileName));
        Assert.False(File.Exists("/tmp/evil.csv"));
    }

    [Fact]
    public async Task A_Parquet_file_with_any_wrong_byte_in_its_footer_is_refused_or_read_with_little_memory()
    {
        await using var store = await SourceStore.CreateAsync();
        var whole = await ParquetAsync();
        var footer = BitConverter.ToInt32(whole, whole.Length - 8);
        var path = store.Write("c.parquet", whole);
        Assert.Equal(2, Load(path));
        for (var at = whole.Length - 8 - footer; at < whole.Length - 4; at++)
        {
            foreach (var value in (byte[])[0, 0x7F, 0xFF, (byte)(whole[at] ^ 1)])
            {
                byte[] wrong = [.. whole];
                wrong[at] = value;
                await ReadsWithLittleMemoryAsync(path, wrong, $"{value} at {at}");
            }
        }
    }

    [Fact]
    public async Task A_Parquet_file_that_states_two_billion_rows_is_refused_or_read_with_little_memory()
    {
        // Two rows and two billion, as Thrift writes them.
        const byte two = 4;
        byte[] billions = [0x80, 0xD0, 0xAC, 0xF3, 0x0E];
        await using var store = await SourceStore.CreateAsync();
        var whole = await ParquetAsync();
        var length = BitConverter.ToInt32(whole, whole.Length - 8);
        var path = store.Write("c.parquet", whole);
        var (data, footer) = (whole[..^(8 + length)], whole[^(8 + length)..^8]);
        var places = Enumerable.Range(0, footer.Length).Where(at => footer[at] == two).ToList();
        // Of the file, its group and its two columns.
        Assert.True(places.Count >= 4);
        foreach (var at in places)
        {
            byte[] lying = [.. footer[..at], .. billions, .. footer[(at + 1)..]];
            await ReadsWithLittleMemoryAsync(
                path,
                [.. data, .. lying, .. BitConverter.GetBytes(lying.Length), .. "PAR1"u8],
                $"two billion at {at}"
            );
        }
    }

    private static async Task ReadsWithLittleMemoryAsync(string path, byte[] content, string what)
    {
        await File.WriteAllBytesAsync(path, content, Cancel);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Load(path);
        }
        catch (SourceException)
        {
            // Refused.
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 60 * Million, $"{allocated} bytes were allocated with {what}.");
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] WithFooter(byte[] footer) => [.. "PAR1"u8, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8];

    private static byte[] Footer(int length) => [.. "PAR1"u8, .. new byte[100], .. BitConverter.GetBytes(length), .. "PAR1"u8];

    private static async Task<byte[]> ParquetAsync()
    {
        DataField[] fields = [new DataField<long>("id"), new DataField<string>("name")];
        using var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema([.. fields]), file))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<long>(fields[0], new long[] { 1, 2 });
            await group.WriteAsync(fields[1], (string?[])["a", "b"]);
        }
        return file.ToArray();
    }

    /// <summary>The bytes allocated until the file is refused. The loader runs on the calling thread.</summary>
    private static long AllocatedToRefuse(string path)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsAny<SourceException>(() => Load(path));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static long Load(string path)
    {
        var staging = Path.Combine(Path.GetDirectoryName(path)!, "staging.db");
        try
        {
            return CsvLoader.Load([path], SourceStore.Reading, ["id"], [], staging, null, CancellationToken.None).RowCount;
        }
        finally
        {
            File.Delete(staging);
            File.Delete(staging + ".rejected");
        }
    }

    private static async Task LeftNothingAsync(SourceStore store, string name)
    {
        await using var db = await store.Store.OpenAsync();
        Assert.Empty(await db.Set<Source>().ToListAsync(Cancel));
        Assert.Equal([name], Directory.EnumerateFileSystemEntries(store.Root).Select(Path.GetFileName));
        Assert.True(!Directory.Exists(store.Staging) || !Directory.EnumerateFileSystemEntries(store.Staging).Any());
    }
}
