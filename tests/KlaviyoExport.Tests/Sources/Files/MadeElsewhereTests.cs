using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources.Files;

public sealed class MadeElsewhereTests
{
    [Theory]
    [InlineData("snappy")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("lz4")]
    [InlineData("brotli")]
    public async Task Parquet_of_DuckDB_is_read_in_every_compression(string compression)
    {
        await using var store = await SourceStore.CreateAsync();

        var source = await AddAsync(store, $"duckdb-{compression}.parquet");

        Assert.Equal(
            [
                "a1|Núria|12.5|2026-11-20|2026-11-20T23:30:00.123456|2026-11-20T23:30:00Z|true|7|0.1|123456789012345678901234.5678",
                "a2|||||||||",
                "a3|Љубица|-0.05|1969-12-31|1969-12-31|1969-12-31T00:00:00Z|false|-9007199254740993|1E+300|-0.0001",
            ],
            await RowsAsync(store, source)
        );
        Assert.Equal(2, source.Repairs.Single(repair => repair.Kind == KlaviyoExport.Sources.Files.RepairKind.NestedColumns).Count);
    }

    [Fact]
    public async Task Row_groups_with_dictionaries_are_read()
    {
        await using var store = await SourceStore.CreateAsync();

        var source = await AddAsync(store, "duckdb-dictionary.parquet");

        Assert.Equal(3_000, source.RowCount);
        Assert.Equal(
            Enumerable.Range(0, 3_000).Select(i => $"k{i}|v{i % 5}|{i % 7}"),
            (await RowsAsync(store, source)).OrderBy(row =>
                int.Parse(row.Split('|')[0][1..], System.Globalization.CultureInfo.InvariantCulture)
            )
        );
    }

    [Theory]
    [InlineData("snappy")]
    [InlineData("gzip")]
    public async Task Times_of_every_precision_decimals_and_lists_of_Arrow_are_read(string compression)
    {
        await using var store = await SourceStore.CreateAsync();

        var source = await AddAsync(store, $"arrow-{compression}.parquet");

        Assert.Equal(
            [
                "a1|Núria|12.5|2026-11-20T23:30:00.123Z|2026-11-20T23:30:00.123456|2026-11-20T23:30:00.123456Z|2026-11-20|7|0.1|00112233-4455-6677-8899-aabbccddeeff|23:30:00",
                "a2||||||||||",
                "a3|Љубица|-0.05|1969-12-31T00:00:00Z|1969-12-31|1969-12-31T00:00:00Z|1969-12-31|-1|1.5|00000000-0000-0000-0000-000000000000|00:00:00",
            ],
            await RowsAsync(store, source)
        );
    }

    [Fact]
    public async Task Timestamps_as_Spark_and_Hive_write_them_are_read()
    {
        await using var store = await SourceStore.CreateAsync();

        var rows = await RowsAsync(store, await AddAsync(store, "int96.parquet"));

        Assert.Equal(
            ["a1|2026-11-20T23:30:00.123", "a2|", "a3|1969-12-31"],
            rows.Select(row => row.TrimEnd('Z').Replace("T00:00:00", "", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("libreoffice.xlsx", "1990-12-31|2026-11-20T23:30:00|true|25", "|||false|0")]
    [InlineData("libreoffice-utf16.csv", "31.12.1990|2026-11-20 23:30|TRUE|25", "|||FALSE|0")]
    public async Task A_table_of_LibreOffice_is_read(string file, string first, string second)
    {
        await using var store = await SourceStore.CreateAsync();

        var source = await AddAsync(store, file);

        Assert.Equal([$"1001|Núria \"N\"|12.5|{first}", $"1002|Љубица|{second}"], await RowsAsync(store, source));
        Assert.Equal(
            [
                FieldType.WholeNumber,
                FieldType.Text,
                FieldType.Number,
                FieldType.Date,
                FieldType.Moment,
                FieldType.YesNo,
                FieldType.WholeNumber,
            ],
            source.Fields.Select(field => field.Type)
        );
    }

    [Theory]
    [InlineData("gzip-parts.csv.gz", "1|Ana", "2|Ben", "3|Cve")]
    [InlineData("infozip-streamed.zip", "1|Ana", "2|Ben")]
    public async Task Packed_text_of_other_programs_is_read_to_its_end(string file, params string[] rows)
    {
        await using var store = await SourceStore.CreateAsync();

        Assert.Equal(rows, await RowsAsync(store, await AddAsync(store, file)));
    }

    private static Task<Source> AddAsync(SourceStore store, string file) =>
        store.AddCsvAsync(store.Write(file, File.ReadAllBytes(MadeElsewhere.PathOf(file))));

    private static async Task<IEnumerable<string>> RowsAsync(SourceStore store, Source source) =>
        (await store.ReadAllAsync(source)).Select(profile => string.Join('|', profile.Values));
}
