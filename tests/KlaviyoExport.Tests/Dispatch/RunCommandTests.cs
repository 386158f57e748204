using KlaviyoExport.Connections;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Dispatch;

public class RunCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_clicks_at_once_start_one_run()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => bench.QueueAsync())));

        Assert.Single(ids.Distinct());
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(
            (1, 1),
            (
                await db.Set<Run>().CountAsync(Cancel),
                await db.Set<AuditEntry>().CountAsync(entry => entry.Action == "Exports.RunStarted", Cancel)
            )
        );
    }

    [Fact]
    public async Task Run_all_starts_scheduled_exports_and_gives_reasons_for_the_others()
    {
        await using var product = await ManyAsync();

        var result = await product.Get<RunService>().StartAllAsync(Product.Contributor, Cancel);

        Assert.Equal(["On"], result.Started.Select(run => run.Name));
        Assert.Equal(
            [
                ("Busy", "Delivery.AlreadyUnderWay"),
                ("Closed", "Delivery.MayNotRun"),
                ("Detached", "Delivery.MayNotRun"),
                ("Off", "Delivery.NoActiveSchedule"),
            ],
            result.LeftOut.Select(export => (export.Name, export.Why.Code))
        );
        Assert.Equal(
            "Delivery.NoConnection",
            (await product.Get<RunService>().StartAllAsync(Product.Operator, Cancel))
                .LeftOut.Single(export => export.Name == "Detached")
                .Why.Code
        );
    }

    [Fact]
    public async Task Chosen_exports_are_started_whether_they_are_scheduled_or_not()
    {
        await using var product = await ManyAsync();
        var ids = (await product.Get<ExportQueries>().PageAsync(Product.Viewer, new ExportQuery { Search = "o" }, Cancel))
            .Rows.Select(row => row.Id)
            .ToList();

        var result = await product.Get<RunService>().StartManyAsync(Product.Operator, ids, Cancel);

        Assert.Equal(["Closed", "Off", "On"], result.Started.Select(run => run.Name));
        Assert.Empty(result.LeftOut);
    }

    [Fact]
    public async Task A_run_clears_the_missed_start()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(1));
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Export>().ExecuteUpdateAsync(set => set.SetProperty(export => export.MissedAt, DateTimeOffset.UnixEpoch), Cancel);

        await bench.QueueAsync();

        await using var after = await bench.Product.OpenAsync();
        Assert.Null((await after.Set<Export>().SingleAsync(Cancel)).MissedAt);
    }

    [Fact]
    public async Task A_queued_run_says_which_run_of_its_account_it_waits_for()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();
        var customers = await product.AddCustomersAsync("Customers", []);
        var runs = new List<int>();
        foreach (var name in new[] { "One", "Two", "Three" })
            runs.Add(await product.QueueAsync(await product.AddExportAsync(name, connection, customers)));
        var elsewhere = await product.QueueAsync(
            await product.AddExportAsync("Elsewhere", await product.AddConnectionAsync("Other", accountId: "other"), customers)
        );

        Assert.Equal(new LocalizedMessage("Delivery.WaitsForTurn"), await WaitsForAsync(product, runs[0]));
        Assert.Equal(new LocalizedMessage("Delivery.WaitsForRun", runs[0], "One", 0), await WaitsForAsync(product, runs[1]));
        Assert.Equal(new LocalizedMessage("Delivery.WaitsForRuns", runs[0], "One", 1), await WaitsForAsync(product, runs[2]));
        Assert.Equal(new LocalizedMessage("Delivery.WaitsForTurn"), await WaitsForAsync(product, elsewhere));
        await using (var db = await product.OpenAsync())
            await db.Set<Run>()
                .Where(run => run.Id == runs[2])
                .ExecuteUpdateAsync(set => set.SetProperty(run => run.State, RunState.Sending), Cancel);
        Assert.Equal(new LocalizedMessage("Delivery.WaitsForRun", runs[2], "Three", 0), await WaitsForAsync(product, runs[0]));
        Assert.Null(await WaitsForAsync(product, runs[2]));
    }

    [Fact]
    public async Task Runs_are_found_by_the_name_of_their_export_or_their_number_the_newest_first()
    {
        await using var product = await ManyAsync();
        var first = await product.RunAsync(await IdAsync(product, "On"));
        var second = await product.RunAsync(await IdAsync(product, "Off"));
        var service = product.Get<RunService>();

        Assert.Equal(
            [second.Id, first.Id],
            (await product.Get<RunQueries>().PageAsync(Product.Viewer, new RunQuery { Search = "O" }, Cancel))
                .Rows.Select(row => row.Run.Id)
                .Take(2)
        );
        Assert.Equal(
            "On",
            Assert
                .Single((await product.Get<RunQueries>().PageAsync(Product.Viewer, new RunQuery { Search = $"{first.Id}" }, Cancel)).Rows)
                .ExportName
        );
        Assert.Equal(
            1,
            (await product.Get<RunQueries>().PageAsync(Product.Viewer, new RunQuery { State = RunState.Queued }, Cancel)).Total
        );
        Assert.Equal(
            first.Id,
            Assert
                .Single(
                    (await product.Get<RunQueries>().PageAsync(Product.Viewer, new RunQuery { ExportId = first.ExportId }, Cancel)).Rows
                )
                .Run.Id
        );
        Assert.Empty((await product.Get<RunQueries>().PageAsync(Product.Viewer, new RunQuery { Page = 2 }, Cancel)).Rows);
    }

    [Fact]
    public async Task The_history_of_an_export_is_its_latest_ended_runs_oldest_first()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2));
        var runs = new List<Run>();
        for (var run = 0; run < 3; run++)
            runs.Add(await bench.RunAsync());
        await bench.QueueAsync();

        var points = await bench.Product.Get<RunQueries>().HistoryAsync(Product.Viewer, bench.ExportId, 2, Cancel);

        Assert.Equal(
            runs.Skip(1).Select(run => (run.Id, run.FinishedAt!.Value, 2L, run.FinishedAt - run.StartedAt)),
            points.Select(point => (point.RunId, point.At, point.Accepted, point.Duration))
        );
    }

    private static async Task<LocalizedMessage?> WaitsForAsync(Product product, int runId) =>
        (await product.Get<RunQueries>().GetAsync(Product.Viewer, runId, Cancel)).WaitsFor?.Message;

    private static async Task<int> IdAsync(Product product, string name) =>
        (await product.Get<ExportQueries>().PageAsync(Product.Viewer, new ExportQuery(), Cancel)).Rows.Single(row => row.Name == name).Id;

    /// <summary>Exports that are scheduled, not scheduled, running, not shared with contributors, and detached.</summary>
    private static async Task<Product> ManyAsync()
    {
        var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync();
        var closed = await product.AddConnectionAsync("Closed one", Sharing.Administrators);
        var customers = await product.AddCustomersAsync("Customers", Customer.Many(1));
        foreach (var name in new[] { "On", "Off", "Busy", "Closed", "Detached" })
            await product.AddExportAsync(name, name == "Closed" ? closed : connection, customers, listId: "Xy7");
        await using var db = await product.OpenAsync();
        foreach (var export in await db.Set<Export>().ToListAsync(Cancel))
        {
            export.Schedule = new ExportSchedule { IsOn = export.Name != "Off" };
            export.ListName = "list";
            if (export.Name == "Detached")
                export.ConnectionId = null;
        }
        await db.SaveChangesAsync(Cancel);
        await product.QueueAsync(await IdAsync(product, "Busy"));
        return product;
    }
}
