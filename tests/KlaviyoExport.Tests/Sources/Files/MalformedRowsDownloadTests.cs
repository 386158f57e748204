using System.Text;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.Tests.Sources.Files;

public sealed class MalformedRowsDownloadTests
{
    [Fact]
    public async Task Every_row_that_was_left_out_can_be_downloaded_with_its_reason_and_values()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync(
            "id,name,phone\n1,a,\n,no key,+381 64\n1,again,'=1\n" + string.Concat(Enumerable.Repeat("2,b,c,extra\n", 40))
        );
        var lines = (await DownloadAsync(store, source)).Split("\r\n");

        Assert.Equal(42, source.MalformedCount);
        Assert.Equal(44, lines.Length);
        Assert.Equal(
            [
                "klaviyo_export_reason,klaviyo_export_file,klaviyo_export_line,id,name,phone",
                "no key in column id,customers.csv,3,,no key,'+381 64",
                "key already seen in line 2,customers.csv,4,1,again,''=1",
                "\"values: 4, columns in the header: 3\",customers.csv,5,2,b,c,extra",
            ],
            lines[..4]
        );
    }

    [Fact]
    public async Task The_corrected_file_is_loaded_with_the_columns_and_values_of_the_source()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name,phone\n1,a,x\n,'=a;+b,+381 64\n");
        var mended = (await DownloadAsync(store, source)).Replace(",3,,", ",3,7,", StringComparison.Ordinal);
        await store.Sources.RemoveAsync(SourceStore.Administrator, source.Id, CancellationToken.None);
        var again = await store.AddCsvTextAsync(mended);

        Assert.Equal(["id", "name", "phone"], again.Fields.Select(field => field.Name));
        Assert.Equal(["7", "'=a;+b", "+381 64"], Assert.Single(await store.ReadAllAsync(again)).Values);
    }

    [Fact]
    public async Task The_corrected_file_can_be_put_beside_the_original_whatever_dialect_was_chosen_for_it()
    {
        await using var store = await SourceStore.CreateAsync();
        var original = Encoding.Latin1.GetBytes("Report\nof today\nid;name;note\n1;J\u00fcrg;x\n;M\u00fcller \\\\;#1\n");
        store.Write("folder/1.csv", original);
        var dialect = new FileDialect
        {
            Encoding = "windows-1252",
            LinesToSkip = 2,
            Comment = "#",
            HasEscape = true,
        };
        var source = await store.AddCsvAsync(Path.Combine(store.Root, "folder"), delimiter: ";", dialect: dialect);
        Assert.Equal(1, source.MalformedCount);

        store.Write("folder/2.csv", (await DownloadAsync(store, source)).Replace(",5,,", ",5,7,", StringComparison.Ordinal));
        await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, CancellationToken.None);

        Assert.Equal(
            [
                ["1", "Jürg", "x"],
                ["7", "Müller \\", "#1"],
            ],
            (await store.ReadAllAsync(await store.Sources.GetAsync(SourceStore.Administrator, source.Id, CancellationToken.None))).Select(
                profile => profile.Values
            )
        );
    }

    [Fact]
    public async Task The_rows_are_deleted_with_the_load_they_belong_to()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name\n1,a\n,b\n");
        Assert.Equal(2, Directory.EnumerateFiles(store.Staging).Count());

        store.Write("customers.csv", "id,name\n1,a\n");
        source = await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, CancellationToken.None);

        Assert.Single(Directory.EnumerateFiles(store.Staging));
        Assert.False(store.Store.Get<MalformedRowsDownload>().IsAvailable(source));
        await Assert.ThrowsAsync<SourceException>(() => DownloadAsync(store, source));
    }

    [Fact]
    public async Task A_start_keeps_the_rows_of_the_current_load_and_deletes_others()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,name\n1,a\n,b\n");
        await File.WriteAllTextAsync(Path.Combine(store.Staging, "0123.db.rejected"), "[]");

        await store.Store.Get<SourceFiles>().StartAsync(CancellationToken.None);

        Assert.Equal(2, Directory.EnumerateFiles(store.Staging).Count());
        Assert.True(store.Store.Get<MalformedRowsDownload>().IsAvailable(source));
    }

    [Theory]
    [InlineData("+381 64 123")]
    [InlineData("=1+1")]
    [InlineData("-5")]
    [InlineData("@name")]
    [InlineData("'=1")]
    [InlineData("''+1")]
    [InlineData(" \n=1")]
    [InlineData("a;=b;'=c")]
    [InlineData("\t'\r\n- item\n- item")]
    [InlineData("＝１")]
    [InlineData("it's")]
    [InlineData("'quoted'")]
    public void A_protected_cell_can_be_restored(string value)
    {
        var cell = CsvCell.Reversible(value);
        var inner = cell.StartsWith('"') ? cell[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : cell;

        Assert.Equal(value, CsvCell.Unprotect(inner));
        Assert.DoesNotMatch(@"^\s*[=+\-@＝]", inner);
    }

    [Fact]
    public async Task Apostrophes_of_other_files_are_kept()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("id,phone\n1,'+381 64\n");

        Assert.Equal("'+381 64", Assert.Single(await store.ReadAllAsync(source)).Values[1]);
    }

    private static async Task<string> DownloadAsync(SourceStore store, Source source)
    {
        using var output = new MemoryStream();
        await store.Store.Get<MalformedRowsDownload>().WriteAsync(SourceStore.Administrator, source.Id, output, CancellationToken.None);
        var bytes = output.ToArray();
        Assert.Equal(Encoding.UTF8.GetPreamble(), bytes[..3]);
        return Encoding.UTF8.GetString(bytes[3..]);
    }
}
