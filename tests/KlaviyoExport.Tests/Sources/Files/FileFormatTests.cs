using System.IO.Compression;
using System.Text;
using KlaviyoExport.Sources.Files;
using MiniExcelLibs;
using MiniExcelLibs.OpenXml;
using Parquet;
using Parquet.Schema;

namespace KlaviyoExport.Tests.Sources.Files;

public sealed class FileFormatTests
{
    private static readonly byte[] Csv = "id,name\n1,Núria\n2,Бранко\n"u8.ToArray();

    [Fact]
    public async Task A_gzip_file_is_read()
    {
        await using var store = await SourceStore.CreateAsync();
        await IsReadAsync(store, store.Write("c.csv.gz", Gzip(Csv)));
    }

    [Fact]
    public async Task A_zip_archive_with_one_file_is_read_whatever_the_file_is_called()
    {
        await using var store = await SourceStore.CreateAsync();
        await IsReadAsync(store, store.Write("c.zip", Zip(("../../etc/passwd", Csv), ("__MACOSX/c.csv", [1]), (".hidden", [2]))));
        Assert.Equal(["c.zip"], Directory.EnumerateFiles(store.Root).Select(file => Path.GetFileName(file)));
    }

    [Theory]
    [InlineData("c.jsonl", "{\"id\":1,\"name\":\"Núria\"}\n\n{\"id\":\"2\",\"name\":\"Бранко\"}")]
    [InlineData("c.ndjson", "\uFEFF{\"id\":1,\"name\":\"N\\u00faria\"}\r\n{\"name\":\"Бранко\",\"id\":2}\r\n")]
    [InlineData("c.json", "[{\"id\":1,\"name\":\"Núria\"},\n {\"id\":2,\"name\":\"Бранко\"}]\n")]
    [InlineData("c.json", "{\n  \"id\": 1,\n  \"name\": \"Núria\"\n}\n{\n  \"id\": 2,\n  \"name\": \"Бранко\"\n}\n")]
    [InlineData("c.json", "{ \"id\": 1,\r\n  \"name\": \"Núria\" },\r\n{ \"id\": 2,\r\n  \"name\": \"Бранко\" }")]
    [InlineData("c.json", "{\n  \"id\": 1,\n  \"name\": \"Núria\"\n} {\"id\": 2, \"name\": \"Бранко\"}")]
    [InlineData("c.JSON", " [ ] ")]
    public async Task JSON_is_read(string name, string text)
    {
        await using var store = await SourceStore.CreateAsync();
        var file = store.Write(name, text);
        if (text.Length > 10)
            await IsReadAsync(store, file);
        else
            Assert.Contains("no JSON object", await SourceStore.RefusalAsync(() => store.AddCsvAsync(file)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{\"id\":1},{\"id\":2},{\"id\":3}]")]
    [InlineData("[{\"id\":1},\n{\"id\":2}]\n[{\"id\":3}]\n")]
    [InlineData("[][{\"id\":1}][ {\"id\":2} , {\"id\":3} ] ")]
    public async Task Every_element_of_JSON_arrays_is_a_row(string text)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(store.Write("c.json", text));

        Assert.Equal(0, source.MalformedCount);
        Assert.Equal(["1", "2", "3"], (await store.ReadAllAsync(source)).Select(profile => profile.Key));
    }

    [Theory]
    [InlineData("[{\"id\":1},{\"id\":2}", "c.json, line 1: an array or object does not end")]
    [InlineData("[{\"id\":1},\n{\"id\":2},\n", "c.json, line 3: an array or object does not end")]
    [InlineData("[{\"id\":1},\n{\"id\":", "c.json, line 2: an array or object does not end")]
    [InlineData("[{\"id\":1}]\n{\"id\":2}", "c.json, line 2: there is text after the array")]
    [InlineData("{\n\"id\":1\n}\n{\n\"id\":2,\n", "c.json, line 4: an array or object does not end")]
    public async Task JSON_that_is_cut_off_is_refused(string text, string message)
    {
        await using var store = await SourceStore.CreateAsync();
        Assert.Contains(
            message,
            await SourceStore.RefusalAsync(() => store.AddCsvAsync(store.Write("c.json", text))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_cut_gzip_file_is_refused_even_if_its_content_looks_like_the_beginning_of_another_one()
    {
        await using var store = await SourceStore.CreateAsync();
        var rows = string.Concat(Enumerable.Range(1, 50_000).Select(i => $"{i},a\n"));
        // Stored without compression, so that the three bytes with which a gzip file begins are in the packed file too.
        var packed = Gzip([.. "id,name\n0,"u8, 0x1F, 0x8B, 0x08, .. Encoding.UTF8.GetBytes("\n" + rows)], CompressionLevel.NoCompression);
        // The last four bytes are taken for the size of the content. This one is smaller than what is unpacked.
        byte[] cut = [.. packed[..^100_000], 1, 0, 0, 0];

        Assert.Contains(
            "damaged or incomplete",
            await SourceStore.RefusalAsync(() => store.AddCsvAsync(store.Write("c.csv.gz", cut))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task JSON_lines_in_a_gzip_file_are_read()
    {
        await using var store = await SourceStore.CreateAsync();
        await IsReadAsync(
            store,
            store.Write("c.jsonl.gz", Gzip("{\"id\":1,\"name\":\"Núria\"}\n{\"id\":2,\"name\":\"Бранко\"}\n"u8.ToArray()))
        );
    }

    [Fact]
    public async Task JSON_values_become_text_and_nested_objects_become_columns()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(
            store.Write(
                "c.jsonl",
                "{\"id\":1,\"spent\":1.50,\"vip\":true,\"address\":{\"city\":\"Vic\",\"geo\":{\"lat\":41.9}},\"tags\":[\"a\",\"b, c\"]}\n"
                    + "{\"id\":2,\"vip\":null,\"late\":\"x\"}\n"
            )
        );

        Assert.Equal(["id", "spent", "vip", "address.city", "address.geo.lat", "tags", "late"], source.Fields.Select(field => field.Name));
        Assert.Equal(
            [
                ["1", "1.50", "true", "Vic", "41.9", "[\"a\",\"b, c\"]", null],
                ["2", null, null, null, null, null, "x"],
            ],
            (await store.ReadAllAsync(source)).Select(profile => profile.Values)
        );
    }

    [Fact]
    public async Task A_line_that_is_not_JSON_is_left_out_alone()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(
            store.Write("c.jsonl", "{\"id\":1}\n{\"id\":2\n[3]\n{\"id\":4}\n{\"id\":5,\"x\":\"\\ud800\"}\n")
        );

        Assert.Equal(["1", "4"], (await store.ReadAllAsync(source)).Select(profile => profile.Key));
        Assert.Equal(
            [(2, "not valid JSON"), (3, "not a JSON object"), (5, "not valid JSON")],
            source.MalformedRows.Select(row => (row.Line, row.Reason.ToString()))
        );
    }

    [Fact]
    public async Task A_line_between_objects_that_is_not_JSON_is_left_out_alone()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvAsync(store.Write("c.json", "{\n\"id\":1\n}\n]\noops\n{\n\"id\":2\n}\n"));

        Assert.Equal(["1", "2"], (await store.ReadAllAsync(source)).Select(profile => profile.Key));
        Assert.Equal([4, 5], source.MalformedRows.Select(row => row.Line));
    }

    [Fact]
    public async Task A_workbook_is_read_with_ISO_dates_and_plain_numbers()
    {
        await using var store = await SourceStore.CreateAsync();
        var path = Path.Combine(store.Root, "c.xlsx");
        MiniExcel.SaveAs(
            path,
            new[]
            {
                new
                {
                    id = 1,
                    name = "Núria",
                    since = new DateTime(2025, 12, 31),
                    seen = new DateTime(2026, 1, 2, 3, 4, 5),
                    spent = 1234.5,
                    vip = true,
                    phone = "+381641234567",
                },
                new
                {
                    id = 2,
                    name = "Бранко",
                    since = new DateTime(2024, 2, 29),
                    seen = new DateTime(2026, 1, 2),
                    spent = 0.1 + 0.2,
                    vip = false,
                    phone = "0012",
                },
            }
        );
        var source = await store.AddCsvAsync(path);

        Assert.Equal(
            [
                ["1", "Núria", "2025-12-31", "2026-01-02T03:04:05", "1234.5", "true", "+381641234567"],
                ["2", "Бранко", "2024-02-29", "2026-01-02", "0.3", "false", "0012"],
            ],
            (await store.ReadAllAsync(source)).Select(profile => profile.Values)
        );
    }

    [Fact]
    public async Task The_first_sheet_that_is_not_hidden_is_read()
    {
        await using var store = await SourceStore.CreateAsync();
        var path = Path.Combine(store.Root, "c.xlsx");
        MiniExcel.SaveAs(
            path,
            new Dictionary<string, object>
            {
                ["Codes"] = new[] { new { code = 1 } },
                ["Customers"] = new[] { new { id = 1, name = "Núria" } },
                ["Other"] = new[] { new { other = 1 } },
            },
            configuration: new OpenXmlConfiguration { DynamicSheets = [new("Codes") { State = SheetState.Hidden }] }
        );
        var source = await store.AddCsvAsync(path);

        Assert.Equal(["id", "name"], source.Fields.Select(field => field.Name));
    }

    [Fact]
    public async Task A_sheet_can_be_chosen_and_a_title_above_its_header_is_skipped()
    {
        await using var store = await SourceStore.CreateAsync();
        var path = Path.Combine(store.Root, "c.xlsx");
        MiniExcel.SaveAs(
            path,
            new Dictionary<string, object>
            {
                ["Notes"] = new object[] { new { a = "nothing" } },
                ["Customers"] = new[]
                {
                    new Dictionary<string, object?>
                    {
                        ["A"] = "Our customers",
                        ["B"] = null,
                        ["C"] = null,
                    },
                    new Dictionary<string, object?>
                    {
                        ["A"] = null,
                        ["B"] = null,
                        ["C"] = null,
                    },
                    new Dictionary<string, object?>
                    {
                        ["A"] = "id",
                        ["B"] = "name",
                        ["C"] = "city",
                    },
                    new Dictionary<string, object?>
                    {
                        ["A"] = 1,
                        ["B"] = "a",
                        ["C"] = "x",
                    },
                    new Dictionary<string, object?>
                    {
                        ["A"] = 2,
                        ["B"] = null,
                        ["C"] = null,
                    },
                },
            },
            printHeader: false
        );
        Assert.Contains(
            "has no sheet Clients. Its sheets: Notes, Customers",
            await SourceStore.RefusalAsync(() => store.AddCsvAsync(path, dialect: new FileDialect { Sheet = "Clients" })),
            StringComparison.Ordinal
        );
        var source = await store.AddCsvAsync(path, dialect: new FileDialect { Sheet = "Customers" });

        Assert.Equal(["id", "name", "city"], source.Fields.Select(field => field.Name));
        Assert.Equal(
            [
                ["1", "a", "x"],
                ["2", null, null],
            ],
            (await store.ReadAllAsync(source)).Select(profile => profile.Values)
        );
        Assert.Equal([new Repair(RepairKind.SkippedLines, 2)], source.Repairs);
    }

    [Fact]
    public async Task Parquet_is_read_by_row_group_with_its_types()
    {
        await using var store = await SourceStore.CreateAsync();
        var path = Path.Combine(store.Root, "c.parquet");
        await WriteParquetAsync(path);
        var source = await store.AddCsvAsync(path);

        Assert.Equal(
            [
                ["1", "Núria", "2025-12-31", "2026-01-02T03:04:05Z", "1234.5", "true", "0.1"],
                ["2", null, "2024-02-29", "2026-01-02T00:00:00Z", "2", "false", null],
                ["3", "Núria", "2025-12-31", "2026-01-02T03:04:05Z", "1234.5", "true", "0.1"],
                ["4", null, "2024-02-29", "2026-01-02T00:00:00Z", "2", "false", null],
            ],
            (await store.ReadAllAsync(source)).Select(profile => profile.Values)
        );
        Assert.Equal([new Repair(RepairKind.NestedColumns, 1)], source.Repairs);
    }

    [Fact]
    public async Task The_formats_of_a_folder_may_differ()
    {
        await using var store = await SourceStore.CreateAsync();
        store.Write("all/a.csv", Csv);
        store.Write("all/b.csv.gz", Gzip("id;name\n3;c\n"u8.ToArray()));
        store.Write("all/c.jsonl", "{\"id\":4,\"name\":\"d\"}");
        var source = await store.AddCsvAsync(Path.Combine(store.Root, "all"));

        Assert.Equal(["1", "2", "3", "4"], (await store.ReadAllAsync(source)).Select(profile => profile.Key));
    }

    [Theory]
    [InlineData("several.zip", "contains several files")]
    [InlineData("empty.zip", "contains no file")]
    [InlineData("cut.zip", "is damaged")]
    [InlineData("cut.csv.gz", "is damaged")]
    [InlineData("wrong.csv.gz", "is damaged")]
    [InlineData("encrypted.zip", "is protected with a password")]
    [InlineData("encrypted.xlsx", "is protected with a password")]
    [InlineData("cut.xlsx", "is damaged")]
    [InlineData("nosheet.xlsx", "is damaged")]
    [InlineData("cut.parquet", "is damaged")]
    [InlineData("wrong.parquet", "is damaged")]
    [InlineData("cut.json", "line 2: an array or object does not end")]
    public async Task A_file_that_cannot_be_read_is_refused_with_the_reason(string name, string message)
    {
        await using var store = await SourceStore.CreateAsync();
        var text = Encoding.UTF8.GetBytes(
            "id,name\n" + string.Concat(Enumerable.Range(1, 20_000).Select(i => $"{i},{i * 7919 % 10007}\n"))
        );
        var parquet = Path.Combine(store.Root, "whole.parquet");
        await WriteParquetAsync(parquet);
        byte[] content = name switch
        {
            "several.zip" => Zip(("a.csv", Csv), ("b.csv", Csv)),
            "empty.zip" => Zip(("folder/", [])),
            "cut.zip" => Zip(("a.csv", text))[..^200],
            "cut.csv.gz" => Gzip(text)[..^200],
            "wrong.csv.gz" => [.. Gzip(text)[..5_000], 1, 2, 3, .. Gzip(text)[5_003..]],
            "encrypted.zip" => Encrypted(Zip(("a.csv", Csv))),
            "encrypted.xlsx" => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[600]],
            "cut.xlsx" => Zip(("xl/workbook.xml", text))[..^100],
            "nosheet.xlsx" => Zip(("xl/workbook.xml", "<workbook/>"u8.ToArray())),
            "cut.parquet" => (await File.ReadAllBytesAsync(parquet))[..^40],
            "wrong.parquet" => [.. "PAR1"u8, .. new byte[500], 200, 0, 0, 0, .. "PAR1"u8],
            _ => "[{\"id\":1},\n{\"id\":2,"u8.ToArray(),
        };

        Assert.Contains(
            message,
            await SourceStore.RefusalAsync(() => store.AddCsvAsync(store.Write(name, content))),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("bomb.csv.gz")]
    [InlineData("bomb.zip")]
    [InlineData("bomb.xlsx")]
    public async Task A_file_that_unpacks_to_too_much_is_refused(string name)
    {
        await using var store = await SourceStore.CreateAsync();
        var bomb = new byte[150_000_000];
        bomb.AsSpan().Fill((byte)'\n');
        "id,name\n1,a\n"u8.CopyTo(bomb);
        var content = name switch
        {
            "bomb.csv.gz" => Gzip(bomb),
            "bomb.zip" => Zip(("a.csv", bomb)),
            _ => Zip(("xl/workbook.xml", "<workbook/>"u8.ToArray()), ("xl/media/image1.png", bomb)),
        };

        Assert.Contains(
            "unpacks to more than 200 times its size",
            await SourceStore.RefusalAsync(() => store.AddCsvAsync(store.Write(name, content))),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("large.csv.gz")]
    [InlineData("large.xlsx")]
    public async Task The_largest_content_can_be_configured(string name)
    {
        await using var store = await SourceStore.CreateAsync(settings: new() { ["Sources:MaxUnpackedBytes"] = "1000" });
        var text = Encoding.UTF8.GetBytes("id,name\n" + string.Concat(Enumerable.Range(1, 1_000).Select(i => $"{i},{i}\n")));
        var content = name == "large.xlsx" ? Zip(("xl/workbook.xml", text)) : Gzip(text);

        Assert.Contains(
            "unpacks to more than 1 kB",
            await SourceStore.RefusalAsync(() => store.AddCsvAsync(store.Write(name, content))),
            StringComparison.Ordinal
        );
    }

    private static async Task IsReadAsync(SourceStore store, string file)
    {
        var source = await store.AddCsvAsync(file);
        Assert.Equal(
            [("1", "Núria"), ("2", "Бранко")],
            (await store.ReadAllAsync(source)).Select(profile => (profile.Key, profile.Values[1]))
        );
    }

    private static byte[] Gzip(byte[] content, CompressionLevel level = CompressionLevel.SmallestSize)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, level))
            gzip.Write(content);
        return packed.ToArray();
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in files)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return packed.ToArray();
    }

    /// <summary>Sets the flag that says that the first entry is encrypted, in both places.</summary>
    private static byte[] Encrypted(byte[] archive)
    {
        archive[6] |= 1;
        archive[archive.AsSpan().IndexOf("PK\x01\x02"u8) + 8] |= 1;
        return archive;
    }

    /// <summary>Two row groups of two rows; the last column is nested.</summary>
    private static async Task WriteParquetAsync(string path)
    {
        var fields = new DataField[]
        {
            new DataField<long>("id"),
            new DataField<string>("name"),
            new DataField<DateOnly>("since"),
            new DateTimeDataField("seen", DateTimeFormat.Timestamp, isAdjustedToUTC: true),
            new DecimalDataField("spent", 18, 4),
            new DataField<bool>("vip"),
            new DataField<double?>("score"),
        };
        var tags = new DataField("tags", typeof(int), isArray: true);
        await using var file = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema([.. fields, tags]), file);
        for (var number = 0; number < 2; number++)
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<long>(fields[0], new long[] { (number * 2) + 1, (number * 2) + 2 });
            await group.WriteAsync(fields[1], (string?[])["Núria", null]);
            await group.WriteAsync<DateOnly>(fields[2], new DateOnly[] { new(2025, 12, 31), new(2024, 2, 29) });
            await group.WriteAsync<DateTime>(
                fields[3],
                new DateTime[] { new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), new(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc) }
            );
            await group.WriteAsync<decimal>(fields[4], new decimal[] { 1234.5m, 2m });
            await group.WriteAsync<bool>(fields[5], new[] { true, false });
            await group.WriteAsync<double>(fields[6], new double?[] { 0.1, null });
            await group.WriteAsync<int>(tags, new[] { 1, 2, 3 }, new[] { 0, 1, 0 });
        }
    }
}
