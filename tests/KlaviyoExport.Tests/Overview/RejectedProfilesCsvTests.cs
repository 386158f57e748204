using System.Text;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Delivery;
using KlaviyoExport.Tests.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Overview;

public sealed class RejectedProfilesCsvTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rejected_profiles_have_all_columns_of_the_source_and_the_reason()
    {
        await using var bench = await Workbench.CreateAsync([
            new("k,1", "ana at shop", "+381 64"),
            new("k2", "bo@shop.example", "Bo"),
            new("k3", null, "Cy"),
        ]);
        var run = await bench.RunAsync();
        var lines = (await WriteAsync(bench, run.Id, Product.Administrator)).Split("\r\n");

        var columns = lines[0].Split(',');
        Assert.Equal("klaviyo_export_reason", columns[^1]);
        Assert.Equal(4, lines.Length);
        Assert.Contains("ana at shop", lines[1], StringComparison.Ordinal);
        Assert.Contains("'+381 64", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",Invalid email: There is no @.", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("k3,", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(",Without email", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_reason_can_be_chosen()
    {
        await using var bench = await Workbench.CreateAsync([new("1", "ana at shop", "Ana"), new("2", null, "Bo")]);
        var run = await bench.RunAsync();

        var text = await WriteAsync(bench, run.Id, Product.Administrator, RejectionReason.WithoutEmail);

        Assert.DoesNotContain("ana at shop", text, StringComparison.Ordinal);
        Assert.Contains("2,", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_who_may_not_see_addresses_get_nothing_and_downloads_are_audited()
    {
        await using var bench = await Workbench.CreateAsync([new("1", "ana at shop", "Ana")]);
        var run = await bench.RunAsync();

        await Assert.ThrowsAsync<NotAllowedException>(() => WriteAsync(bench, run.Id, Product.Viewer));
        await using (var before = await bench.Product.OpenAsync())
            Assert.DoesNotContain(before.Set<AuditEntry>(), entry => entry.Action == "Exports.RejectedProfilesDownloaded");
        await WriteAsync(bench, run.Id, Product.Administrator);

        await using var db = await bench.Product.OpenAsync();
        Assert.Single(db.Set<AuditEntry>(), entry => entry.Action == "Exports.RejectedProfilesDownloaded");
    }

    [Theory]
    [InlineData(SourceKind.Csv)]
    [InlineData(SourceKind.Sqlite)]
    public async Task The_file_is_loaded_again_with_the_same_values(SourceKind kind)
    {
        await using var store = await SourceStore.CreateAsync();
        var source =
            kind == SourceKind.Csv
                ? await store.AddCsvTextAsync($"id,email,phone\n{string.Join('\n', Values.Select(row => string.Join(',', row)))}\n")
                : await store.AddDatabaseAsync(Sql, "people");

        await IsLoadedAgainAsync(store, source);
    }

    [Fact, Trait(Needs.Trait, Needs.Server)]
    public async Task The_file_of_a_database_server_is_loaded_again_with_the_same_values()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();

        await IsLoadedAgainAsync(store, await store.AddPostgreSqlAsync(database, Sql, "public.people"));
    }

    [Fact]
    public async Task A_profile_with_a_key_of_several_columns_has_each_of_them()
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync("store,email,number\n1,ana at shop,a|b\n", ["store", "number"]);

        var text = await DownloadAsync(store, source, ["1|a~1b", "2|gone~0"]);

        Assert.Equal(
            ["store,email,number,klaviyo_export_reason", "1,ana at shop,a|b,Invalid email", "2,,gone~,Invalid email", ""],
            Encoding.UTF8.GetString(text[3..]).Split("\r\n")
        );
    }

    private static string[][] Values =>
        [
            ["1", "ana at shop", "+381 64"],
            ["2", "=SUM(A1)", "'-5"],
            ["3", "@c", "x"],
        ];

    private static string Sql =>
        "CREATE TABLE people(id text, email text, phone text); INSERT INTO people VALUES "
        + string.Join(
            ", ",
            Values.Select(row => $"({string.Join(", ", row.Select(value => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'"))})")
        );

    /// <summary>Rejects the first two profiles and one that is gone, and loads the file with the rejections as a new source.</summary>
    private static async Task IsLoadedAgainAsync(SourceStore store, Source source)
    {
        var text = await DownloadAsync(store, source, ["2", "gone", "1"]);

        var again = await store.AddAsync(
            new SourceDraft
            {
                Name = "Mended",
                Location = store.Write("mended.csv", text),
                KeyColumns = ["id"],
            }
        );

        Assert.Equal(source.Fields.Select(field => field.Name), again.Fields.Select(field => field.Name));
        Assert.Equal([.. Values[..2], ["gone", null, null]], (await store.ReadAllAsync(again)).Select(profile => profile.Values));
    }

    /// <summary>Adds a run that has rejected the keys, and downloads its rejected profiles.</summary>
    private static async Task<byte[]> DownloadAsync(SourceStore store, Source source, string[] rejected)
    {
        var stores = store.Store.Get<IDbContextFactory<AppDb>>();
        await using var db = await stores.CreateDbContextAsync(Cancel);
        var export = new Export
        {
            Name = "Readers",
            SourceId = source.Id,
            ListId = "L",
            ListName = "L",
            EmailField = "email",
            CreatedBy = "a",
        };
        db.Add(export);
        await db.SaveChangesAsync(Cancel);
        var run = new Run
        {
            ExportId = export.Id,
            AccountId = "A",
            ListId = "L",
            RequestedBy = "a",
        };
        db.Add(run);
        await db.SaveChangesAsync(Cancel);
        foreach (var (ordinal, key) in rejected.Index())
            db.Add(
                new Rejection
                {
                    RunId = run.Id,
                    Ordinal = ordinal,
                    ProfileKey = key,
                    Reason = RejectionReason.InvalidEmail,
                }
            );
        await db.SaveChangesAsync(Cancel);
        using var output = new MemoryStream();
        await new RejectedProfilesCsv(stores, store.Reader, store.Store.Get<Audit>()).WriteAsync(
            SourceStore.Administrator,
            run.Id,
            null,
            output,
            Cancel
        );
        return output.ToArray();
    }

    private static async Task<string> WriteAsync(Workbench bench, int runId, Actor actor, RejectionReason? reason = null)
    {
        using var output = new MemoryStream();
        await bench.Product.Get<RejectedProfilesCsv>().WriteAsync(actor, runId, reason, output, Cancel);
        return Encoding.UTF8.GetString(output.ToArray()[3..]);
    }
}
