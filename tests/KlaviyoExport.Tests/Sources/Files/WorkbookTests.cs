using System.IO.Compression;

namespace KlaviyoExport.Tests.Sources.Files;

/// <summary>Workbooks as programs other than Excel write them.</summary>
public sealed class WorkbookTests
{
    private const string Main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    private const string StrictMain = "xmlns=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"";
    private const string StrictRelations = "http://purl.oclc.org/ooxml/officeDocument/relationships";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    [Theory]
    [InlineData("")]
    [InlineData("<dimension ref=\"A1\"/>")]
    [InlineData("<dimension ref=\"A1:B2\"/>")]
    [InlineData("<dimension ref=\"A1:Z9\"/>")]
    public async Task A_value_is_in_its_column_whatever_the_sheet_says_about_its_size(string dimension)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(
            store.Write(
                "c.xlsx",
                Book(
                    dimension,
                    Row(1, ("A", "id"), ("B", "email"), ("C", "city"), ("D", "phone"))
                        + Row(2, ("A", "1"), ("D", "+381"))
                        + Row(5, ("A", "2"), ("C", "Niš"))
                        + Row(6, ("A", "3"), ("B", "a@x.example"))
                )
            )
        );

        Assert.Equal((3, 0), (source.RowCount, source.MalformedCount));
        Assert.Empty(source.Repairs);
        Assert.Equal(
            [
                ["1", null, null, "+381"],
                ["2", null, "Niš", null],
                ["3", "a@x.example", null, null],
            ],
            (await store.ReadAllAsync(source)).Select(profile => profile.Values)
        );
    }

    [Theory]
    [InlineData("<dimension ref=\"A1:XFD2000\"/>", "")]
    [InlineData("", "<c r=\"XFD1\" s=\"1\"/>")]
    public async Task A_sheet_that_was_formatted_to_its_end_is_read_as_wide_as_its_values(string dimension, string formatted)
    {
        await using var store = await SourceStore.CreateAsync();
        var header = Row(1, ("A", "id"), ("AB", "email")).Replace("</row>", formatted + "</row>", StringComparison.Ordinal);
        var rows = Enumerable.Range(2, 1_999).Select(i => Row(i, ("A", $"{i}"), ("AB", $"{i}@x.example")));

        // Filled up to its end, each row would take a second, and the test longer than half an hour.
        var source = await store.AddCsvAsync(store.Write("c.xlsx", Book(dimension, header + string.Concat(rows))));

        Assert.Equal((1_999, 2, 0), (source.RowCount, source.Fields.Count, source.MalformedCount));
        var profile = Assert.Single(await store.ReadAllAsync(source), profile => profile.Key == "2000");
        Assert.Equal(["2000", "2000@x.example"], profile.Values);
    }

    [Fact]
    public async Task A_row_that_no_sheet_can_have_is_refused()
    {
        await using var store = await SourceStore.CreateAsync();
        var book = Book("<dimension ref=\"A1\"/>", Row(1, ("A", "id")) + Row(2_000_000_000, ("A", "1")));

        // The library makes an empty row for each number that is left out.
        var refusal = await SourceStore.RefusalAsync(() => store.AddCsvAsync(store.Write("c.xlsx", book)));

        Assert.Contains("is damaged", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sheet_of_the_strict_variant_is_read_as_wide_as_its_values()
    {
        await using var store = await SourceStore.CreateAsync();
        var rows = Row(1, ("A", "id"), ("B", "email")) + Row(2, ("A", "1"), ("B", "a@x.example"));
        var book = Book("<dimension ref=\"A1:XFD2\"/>", rows, isStrict: true);

        var source = await store.AddCsvAsync(store.Write("c.xlsx", book));

        Assert.Equal(["1", "a@x.example"], Assert.Single(await store.ReadAllAsync(source)).Values);
    }

    [Theory]
    [InlineData("", "2023-03-15")]
    [InlineData("<workbookPr date1904=\"0\"/>", "2023-03-15")]
    [InlineData("<workbookPr date1904=\"1\"/>", "2027-03-16")]
    [InlineData("<workbookPr date1904=\"true\"/>", "2027-03-16")]
    public async Task Dates_are_counted_from_the_day_that_the_workbook_says(string properties, string day)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(
            store.Write(
                "c.xlsx",
                Book(
                    "",
                    Row(1, ("A", "id"), ("B", "born")) + "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\" s=\"1\"><v>45000</v></c></row>",
                    properties
                )
            )
        );

        Assert.Equal(day, Assert.Single(await store.ReadAllAsync(source)).Values[1]);
    }

    [Fact]
    public async Task Whole_numbers_that_may_be_keys_keep_all_digits()
    {
        await using var store = await SourceStore.CreateAsync();
        string[] keys = ["1234567890123456", "1234567890123457", "9007199254740991"];
        var rows = keys.Select((key, i) => $"<row r=\"{i + 2}\"><c r=\"A{i + 2}\"><v>{key}</v></c></row>");
        var source = await store.AddCsvAsync(store.Write("c.xlsx", Book("", Row(1, ("A", "id")) + string.Concat(rows))));

        Assert.Equal(0, source.MalformedCount);
        Assert.Equal(keys, (await store.ReadAllAsync(source)).Select(profile => profile.Key));
    }

    [Fact]
    public async Task A_row_that_starts_as_comments_do_is_the_header_when_the_row_below_it_is_data()
    {
        await using var store = await SourceStore.CreateAsync();
        var rows =
            Row(1, ("A", "# made by the shop"))
            + Row(2, ("A", "# id"), ("B", "email"))
            + Row(3, ("A", "1"), ("B", "a@x.example"))
            + Row(4, ("A", "2"), ("B", "b@x.example"));
        var source = await store.AddCsvAsync(store.Write("c.xlsx", Book("", rows)));

        Assert.Equal(["id", "email"], source.Fields.Select(field => field.Name));
        Assert.Equal(["1", "2"], (await store.ReadAllAsync(source)).Select(profile => profile.Key));
    }

    private static string Row(int number, params (string Column, string Text)[] cells) =>
        $"<row r=\"{number}\">"
        + string.Concat(cells.Select(cell => $"<c r=\"{cell.Column}{number}\" t=\"inlineStr\"><is><t>{cell.Text}</t></is></c>"))
        + "</row>";

    private static byte[] Book(string dimension, string rows, string properties = "", bool isStrict = false)
    {
        var (main, relations) = isStrict ? (StrictMain, StrictRelations) : (Main, Relations);
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create))
        {
            Write(
                "xl/workbook.xml",
                $"<workbook {main} xmlns:r=\"{relations}\">{properties}<sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            );
            Write(
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
                    + $"<Relationship Id=\"r1\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            );
            Write(
                "xl/styles.xml",
                $"<styleSheet {main}><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            );
            Write("xl/worksheets/sheet1.xml", $"<worksheet {main}>{dimension}<sheetData>{rows}</sheetData></worksheet>");

            void Write(string name, string text)
            {
                using var writer = new StreamWriter(archive.CreateEntry(name).Open());
                writer.Write("<?xml version=\"1.0\"?>" + text);
            }
        }
        return file.ToArray();
    }
}
