using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Overview;

public class ExportPageTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("билтен", "Билтен")]
    [InlineData("ÒPERA", "Òpera")]
    [InlineData("practice 2", "zebra")]
    [InlineData(" win ", "Òpera")]
    [InlineData("xyz99", "zebra")]
    [InlineData("100%", "")]
    [InlineData("_", "")]
    public async Task Search_finds_parts_of_names_and_lists_in_any_case_and_alphabet(string search, string found)
    {
        await using var product = await CreateAsync();

        Assert.Equal(found, await NamesAsync(product, new ExportQuery { Search = search }));
    }

    [Theory]
    [InlineData(ExportColumn.Name, false, "Apple zebra Òpera Билтен")]
    [InlineData(ExportColumn.Name, true, "Билтен Òpera zebra Apple")]
    [InlineData(ExportColumn.Connection, false, "Òpera Билтен zebra Apple")]
    [InlineData(ExportColumn.Connection, true, "zebra Òpera Билтен Apple")]
    [InlineData(ExportColumn.List, false, "Билтен Apple Òpera zebra")]
    [InlineData(ExportColumn.Status, false, "zebra Òpera Билтен Apple")]
    [InlineData(ExportColumn.Status, true, "Билтен Òpera zebra Apple")]
    [InlineData(ExportColumn.Refreshed, true, "Билтен Òpera zebra Apple")]
    [InlineData(ExportColumn.Schedule, false, "Apple Òpera Билтен zebra")]
    [InlineData(ExportColumn.NextRun, false, "zebra Òpera Билтен Apple")]
    [InlineData(ExportColumn.NextRun, true, "Òpera Билтен zebra Apple")]
    public async Task Each_column_sorts_with_missing_values_last(ExportColumn column, bool descending, string names)
    {
        await using var product = await CreateAsync();

        Assert.Equal(names, await NamesAsync(product, new ExportQuery { Sort = column, Descending = descending }));
    }

    [Fact]
    public async Task A_detached_export_has_no_next_start_and_no_missed_ones()
    {
        await using var product = await CreateAsync();
        await using (var db = await product.OpenAsync())
            await db.Set<Export>()
                .ExecuteUpdateAsync(
                    set => set.SetProperty(export => export.NextRunAt, Noon).SetProperty(export => export.MissedAt, Noon),
                    Cancel
                );
        var exports = product.Get<ExportService>();
        var id = (await product.Get<ExportQueries>().PageAsync(Product.Administrator, new ExportQuery { Search = "zebra" }, Cancel))
            .Rows[0]
            .Id;
        Assert.NotNull((await exports.GetAsync(Product.Administrator, id, Cancel)).MissedAt);

        await using (var db = await product.OpenAsync())
            await db.Set<Export>()
                .Where(export => export.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(export => export.ConnectionId, (int?)null), Cancel);

        var row = (await product.Get<ExportQueries>().PageAsync(Product.Administrator, new ExportQuery { Search = "zebra" }, Cancel)).Rows[
            0
        ];
        var details = await exports.GetAsync(Product.Administrator, id, Cancel);
        Assert.Equal((null, null, null, null), (row.NextRunAt, row.MissedAt, details.NextRunAt, details.MissedAt));
        Assert.DoesNotContain(
            await product.Get<HomeQueries>().NeedsAttentionAsync(Product.Administrator, 10, Cancel),
            item => item.Kind == AttentionKind.Missed && item.ExportId == id
        );
    }

    [Fact]
    public async Task The_number_of_queries_does_not_grow_with_the_waiting_runs()
    {
        var probe = new StoreProbe();
        await using var product = await Product.CreateAsync(configure: probe.AddTo, on: StoreProvider.Sqlite);
        var (connection, customers) = (await product.AddConnectionAsync(), await product.AddCustomersAsync("Customers", Customer.Many(1)));
        await product.QueueAsync(await product.AddExportAsync("First", connection, customers));
        await product.QueueAsync(await product.AddExportAsync("Second", connection, customers));
        var ofTwo = await StatementsAsync();
        foreach (var name in new[] { "Third", "Fourth", "Fifth", "Sixth" })
            await product.QueueAsync(await product.AddExportAsync(name, connection, customers));

        Assert.Equal(ofTwo, await StatementsAsync());
        var rows = (await product.Get<ExportQueries>().PageAsync(Product.Viewer, new ExportQuery(), Cancel)).Rows;
        Assert.Equal("Delivery.WaitsForTurn", rows.Single(row => row.Name == "First").WaitsFor!.Message.Code);
        Assert.Equal(
            new LocalizedMessage("Delivery.WaitsForRuns", 1, "First", 4),
            rows.Single(row => row.Name == "Sixth").WaitsFor!.Message
        );

        async Task<int> StatementsAsync()
        {
            var before = probe.Statements;
            await product.Get<ExportQueries>().PageAsync(Product.Viewer, new ExportQuery(), Cancel);
            return probe.Statements - before;
        }
    }

    [Fact]
    public async Task Pages_contain_each_export_once_and_a_page_beyond_the_last_is_empty()
    {
        await using var product = await CreateAsync();
        var pages = new List<ExportPage>();
        for (var page = 1; page <= 3; page++)
            pages.Add(await product.Get<ExportQueries>().PageAsync(Product.Viewer, new ExportQuery { Page = page, PageSize = 3 }, Cancel));

        Assert.Equal([3, 1, 0], pages.Select(page => page.Rows.Count));
        Assert.All(pages, page => Assert.Equal(4, page.Total));
        Assert.Equal(4, pages.SelectMany(page => page.Rows).Select(row => row.Id).Distinct().Count());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(-5, -5)]
    public async Task Any_query_string_shows_a_page(int page, int size)
    {
        await using var product = await CreateAsync();

        Assert.Equal(
            4,
            (await product.Get<ExportQueries>().PageAsync(Product.Viewer, new ExportQuery { Page = page, PageSize = size }, Cancel)).Total
        );
    }

    [Fact]
    public async Task The_filter_finds_exports_by_the_state_of_their_latest_run()
    {
        await using var product = await CreateAsync();

        Assert.Equal("zebra", await NamesAsync(product, new ExportQuery { State = RunState.FailedPermanent }));
        Assert.Equal("", await NamesAsync(product, new ExportQuery { State = RunState.Canceled }));
    }

    [Fact]
    public async Task A_row_shows_the_run_in_progress_the_schedule_and_the_last_delivery()
    {
        await using var product = await CreateAsync();
        var rows = (await product.Get<ExportQueries>().PageAsync(Product.Administrator, new ExportQuery(), Cancel)).Rows.ToDictionary(row =>
            row.Name
        );

        Assert.Equal((RunState.Queued, Noon.AddHours(-1)), (rows["Òpera"].State, rows["Òpera"].Refreshed));
        Assert.Equal(rows["Òpera"].LastRunId, rows["Òpera"].ActiveRunId);
        Assert.Null(rows["zebra"].ActiveRunId);
        Assert.Equal(Noon.AddHours(3), rows["zebra"].NextRunAt);
        Assert.Equal(Noon.AddHours(6), rows["Òpera"].NextRunAt);
        Assert.Null(rows["Apple"].NextRunAt);
        Assert.Equal(Noon.AddDays(-1), rows["zebra"].MissedAt);
    }

    [Fact]
    public async Task A_contributor_sees_for_each_row_what_they_may_do()
    {
        await using var product = await CreateAsync();
        var rows = (await product.Get<ExportQueries>().PageAsync(Product.Contributor, new ExportQuery(), Cancel)).Rows;

        Assert.Equal(["Òpera", "Билтен"], rows.Where(row => row.Permissions.MayEdit).Select(row => row.Name));
        Assert.All(rows, row => Assert.Equal(row.Permissions.MayEdit, row.Permissions.MayRun));
    }

    private static async Task<string> NamesAsync(Product product, ExportQuery query) =>
        string.Join(' ', (await product.Get<ExportQueries>().PageAsync(Product.Viewer, query, Cancel)).Rows.Select(row => row.Name));

    /// <summary>Four exports: one detached, one failed, one queued, one successful.</summary>
    private static async Task<Product> CreateAsync()
    {
        var product = await Product.CreateAsync();
        var customers = await product.AddCustomersAsync("Customers", []);
        var chosen = await product.AddConnectionAsync("Practice 1", Sharing.ChosenContributors);
        var closed = await product.AddConnectionAsync("Practice 2", Sharing.ChosenContributors);
        var opera = await product.AddExportAsync("Òpera", chosen, customers);
        var bilten = await product.AddExportAsync("Билтен", chosen, customers);
        var zebra = await product.AddExportAsync("zebra", closed, customers);
        var apple = await product.AddExportAsync("Apple", closed, customers);
        await using var db = await product.OpenAsync();
        db.Add(new ConnectionShare { ConnectionId = chosen.Id, UserId = Product.Contributor.Id });
        db.Add(new RefreshPlan { IsOn = true, NextAt = Noon.AddHours(6) });
        var exports = await db.Set<Export>().ToDictionaryAsync(export => export.Id, Cancel);
        exports[apple].ConnectionId = null;
        (exports[opera].ListName, exports[bilten].ListName, exports[zebra].ListName, exports[apple].ListName) = (
            "Win-back",
            "a list",
            "xyz99",
            "B list"
        );
        exports[opera].Schedule = exports[bilten].Schedule = new ExportSchedule { IsOn = true, WhenBusy = WhenBusy.Skip };
        exports[zebra].Schedule = new ExportSchedule
        {
            IsOn = true,
            Own = new Recurrence { Times = [new TimeOnly(15, 0)] },
        };
        (exports[zebra].NextRunAt, exports[zebra].MissedAt) = (Noon.AddHours(3), Noon.AddDays(-1));
        db.AddRange(
            RunOf(opera, RunState.CompletedWithWarnings, Noon.AddHours(-1)),
            RunOf(opera, RunState.Queued, null),
            RunOf(bilten, RunState.Successful, Noon.AddMinutes(-5)),
            RunOf(zebra, RunState.Successful, Noon.AddHours(-9)),
            RunOf(zebra, RunState.FailedPermanent, Noon.AddHours(-2))
        );
        await db.SaveChangesAsync(Cancel);
        return product;
    }

    private static Run RunOf(int export, RunState state, DateTimeOffset? ended) =>
        new()
        {
            ExportId = export,
            ActiveExportId = ended is null ? export : null,
            AccountId = "a",
            ListId = "l",
            RequestedBy = "Ana",
            State = state,
            QueuedAt = ended ?? Noon,
            FinishedAt = ended,
        };
}
