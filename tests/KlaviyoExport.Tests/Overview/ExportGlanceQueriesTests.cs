using KlaviyoExport.Connections;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Overview;

public class ExportGlanceQueriesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_worst_exports_come_first_and_then_the_names()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var connection = await product.AddConnectionAsync();
        var customers = await product.AddCustomersAsync("Customers", []);
        foreach (
            var (name, state) in new (string, RunState?)[]
            {
                ("Never ran", null),
                ("Good B", RunState.Successful),
                ("Good A", RunState.Successful),
                ("Failed", RunState.FailedPermanent),
                ("Warned", RunState.CompletedWithWarnings),
            }
        )
        {
            var id = await product.AddExportAsync(name, connection, customers);
            if (state is { } ended)
                await AddRunAsync(product, id, ended, clock.GetUtcNow());
        }
        var queries = product.Get<ExportGlanceQueries>();

        var all = await queries.ListAsync(Product.Viewer, 20, Cancel);
        var two = await queries.ListAsync(Product.Viewer, 2, Cancel);

        Assert.Equal(["Failed", "Warned", "Good A", "Good B", "Never ran"], all.Rows.Select(row => row.Row.Name));
        Assert.Equal(["Failed", "Warned"], two.Rows.Select(row => row.Row.Name));
        Assert.Equal((5, 5), (all.Total, two.Total));
    }

    [Fact]
    public async Task The_runs_of_each_export_are_counted_by_the_day_on_which_they_ended()
    {
        // Sunday, 22 November, 12:00 UTC.
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var connection = await product.AddConnectionAsync();
        var customers = await product.AddCustomersAsync("Customers", []);
        var (a, b) = (await product.AddExportAsync("A", connection, customers), await product.AddExportAsync("B", connection, customers));
        var now = clock.GetUtcNow();
        await AddRunAsync(product, a, RunState.Successful, now.AddDays(-7));
        await AddRunAsync(product, a, RunState.Successful, now.AddDays(-6).AddHours(-12));
        await AddRunAsync(product, a, RunState.CompletedWithWarnings, now.AddDays(-1));
        await AddRunAsync(product, a, RunState.FailedPermanent, now.AddDays(-1), accepted: 3);
        await AddRunAsync(product, b, RunState.Canceled, now, accepted: 0);

        var rows = (await product.Get<ExportGlanceQueries>().ListAsync(Product.Viewer, 20, Cancel)).Rows.ToDictionary(row => row.Row.Name);

        var today = new DateOnly(2026, 11, 22);
        Assert.Equal(Enumerable.Range(-6, 7).Select(today.AddDays), rows["A"].Days.Select(day => day.Day));
        Assert.Equal(new ExportDay(today.AddDays(-6), 7, 1, 0, 0), rows["A"].Days[0]);
        Assert.Equal(new ExportDay(today.AddDays(-1), 10, 2, 1, 1), rows["A"].Days[5]);
        Assert.Equal(new ExportDay(today, 0, 0, 0, 0), rows["A"].Days[6]);
        Assert.Equal(new ExportDay(today, 0, 1, 0, 0), rows["B"].Days[6]);
    }

    [Fact]
    public async Task The_profiles_of_the_latest_run_that_read_them_are_compared_with_the_cap_of_the_connection()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock, new() { ["Klaviyo:MaxProfilesPerExport"] = "1000" });
        var limited = await product.AddConnectionAsync("Limited");
        await using (var db = await product.OpenAsync())
            await db.Set<Connection>().ExecuteUpdateAsync(set => set.SetProperty(found => found.MaxProfilesPerExport, 10), Cancel);
        var free = await product.AddConnectionAsync("Free");
        var customers = await product.AddCustomersAsync("Customers", []);
        var (a, b, c) = (
            await product.AddExportAsync("A", limited, customers),
            await product.AddExportAsync("B", free, customers),
            await product.AddExportAsync("C", free, customers)
        );
        var read = await AddRunAsync(product, a, RunState.Successful, clock.GetUtcNow(), unchanged: 1);
        await AddRunAsync(product, a, RunState.FailedPermanent, clock.GetUtcNow(), unchanged: 100);
        await AddRunAsync(product, b, RunState.Successful, clock.GetUtcNow());

        var rows = (await product.Get<ExportGlanceQueries>().ListAsync(Product.Viewer, 20, Cancel)).Rows.ToDictionary(row => row.Row.Id);

        Assert.Equal((read, 8, 10), (rows[a].Cap!.RunId, rows[a].Cap!.Profiles, rows[a].Cap!.Limit.Max));
        Assert.True(rows[a].Cap!.IsClose);
        Assert.Equal((7, 1000, false), (rows[b].Cap!.Profiles, rows[b].Cap!.Limit.Max, rows[b].Cap!.IsClose));
        Assert.Null(rows[c].Cap);
    }

    [Fact]
    public async Task The_age_of_the_data_is_that_of_the_source_of_the_export()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var connection = await product.AddConnectionAsync();
        var (old, other) = (await product.AddCustomersAsync("Old", []), await product.AddCustomersAsync("Other", []));
        await product.AddExportAsync("A", connection, old);
        await product.AddExportAsync("B", connection, other);
        var changed = clock.GetUtcNow().AddHours(-25);
        await using (var db = await product.OpenAsync())
            await db.Set<Source>()
                .Where(source => source.Name == "Old")
                .ExecuteUpdateAsync(
                    set => set.SetProperty(source => source.DataChangedAt, changed).SetProperty(source => source.MaxAgeHours, 24),
                    Cancel
                );

        var rows = (await product.Get<ExportGlanceQueries>().ListAsync(Product.Viewer, 20, Cancel)).Rows;

        Assert.Equal((changed, DataAge.Old), (rows[0].Data.ChangedAt, rows[0].Data.AgeAt(clock.GetUtcNow())));
        Assert.Equal((null, DataAge.Fresh), (rows[1].Data.ChangedAt, rows[1].Data.AgeAt(clock.GetUtcNow())));
    }

    [Fact]
    public async Task An_installation_without_exports_has_none()
    {
        await using var product = await Product.CreateAsync();

        var none = await product.Get<ExportGlanceQueries>().ListAsync(Product.Viewer, 20, Cancel);

        Assert.Empty(none.Rows);
        Assert.Equal(0, none.Total);
    }

    private static async Task<int> AddRunAsync(
        Product product,
        int export,
        RunState state,
        DateTimeOffset ended,
        long accepted = 7,
        long unchanged = 0
    )
    {
        await using var db = await product.OpenAsync();
        var run = new Run
        {
            ExportId = export,
            AccountId = "a",
            ListId = "l",
            RequestedBy = "Ana",
            State = state,
            QueuedAt = ended,
            StartedAt = ended,
            FinishedAt = ended,
            Ledger = new Ledger
            {
                Members = 9 + unchanged,
                Unchanged = unchanged,
                Prepared = 7,
                Accepted = accepted,
            },
        };
        db.Add(run);
        await db.SaveChangesAsync(Cancel);
        return run.Id;
    }
}
