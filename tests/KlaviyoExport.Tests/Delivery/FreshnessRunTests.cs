using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>What happens to runs when the data of their source is old.</summary>
public sealed class FreshnessRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_over_old_data_is_told_in_the_timeline_and_delivers()
    {
        var clock = new DayClock();
        await using var bench = await Workbench.CreateAsync(Customer.Many(2), clock: clock);
        await LimitAsync(bench, stops: false);
        Touch(bench, clock.GetUtcNow().AddHours(-25));

        var run = await bench.RunAsync();

        Assert.Equal((RunState.Successful, 2), (run.State, run.Ledger.Accepted));
        Assert.Contains("Sources.DataOld", await bench.TimelineAsync(run.Id));
    }

    [Fact]
    public async Task A_run_over_old_data_is_stopped_and_the_next_one_looks_again()
    {
        var clock = new DayClock();
        await using var bench = await Workbench.CreateAsync(Customer.Many(2), clock: clock);
        await LimitAsync(bench, stops: true);
        Touch(bench, clock.GetUtcNow().AddHours(-25));

        var stopped = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, RunOutcomeKind.Source, 0), (stopped.State, stopped.OutcomeKind, stopped.Ledger.Members));
        Assert.StartsWith(
            "The data of Customers last changed on 11/21/2026 11:00 UTC. That is more than 24 h ago. "
                + "Check why it is no longer updated. The exports of this source are stopped",
            stopped.Outcome!.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal(clock.GetUtcNow().AddHours(-25), (await SourceAsync(bench)).DataChangedAt);
        Touch(bench, clock.GetUtcNow().AddHours(-1));
        Assert.Equal(RunState.Successful, (await bench.RunAsync()).State);
        Assert.Equal(clock.GetUtcNow().AddHours(-1), (await SourceAsync(bench)).DataChangedAt);
    }

    [Fact]
    public async Task A_file_is_as_old_as_when_it_was_loaded()
    {
        var clock = new DayClock();
        await using var product = await Product.CreateAsync(clock);
        var file = Path.Combine(product.Directory, "people.csv");
        await File.WriteAllTextAsync(file, "id,email,name\n1,ana@shop.example,Ana\n", Cancel);
        File.SetLastWriteTimeUtc(file, clock.GetUtcNow().AddHours(-30).UtcDateTime);
        var sources = product.Get<SourceService>();
        var source = await sources.SaveAsync(
            Product.Administrator,
            new SourceDraft
            {
                Name = "People",
                Location = file,
                KeyColumns = ["id"],
                MaxAgeHours = 24,
                StopsWhenOld = true,
            },
            Cancel
        );
        var exportId = await product.AddExportAsync(
            "People",
            await product.AddConnectionAsync(),
            (source, await EverybodyAsync(product, source))
        );
        File.SetLastWriteTimeUtc(file, clock.GetUtcNow().UtcDateTime);
        Assert.Equal(RunState.FailedPermanent, (await product.RunAsync(exportId)).State);

        await sources.LoadAsync(Product.Administrator, source.Id, Cancel);

        Assert.Equal(RunState.Successful, (await product.RunAsync(exportId)).State);
    }

    [Fact]
    public async Task Old_data_is_shown_at_home_on_the_status_page_and_with_the_export()
    {
        var clock = new DayClock();
        await using var bench = await Workbench.CreateAsync(Customer.Many(1), clock: clock);
        await LimitAsync(bench, stops: false);
        Touch(bench, clock.GetUtcNow().AddHours(-23));
        await bench.RunAsync();
        Assert.Empty(await HomeAsync());

        clock.Advance(TimeSpan.FromHours(2));

        var shown = Assert.Single(await HomeAsync());
        Assert.Equal((AttentionKind.SourceOld, "Customers"), (shown.Kind, shown.Name));
        var status = (await bench.Product.Get<StatusQueries>().ListAsync(Product.Viewer, Cancel))[0];
        Assert.Equal((StatusText.CompletedWithWarnings, shown.What), (status.Status, status.Detail));
        Assert.Equal(clock.GetUtcNow().AddHours(-25), status.DataChangedAt);
        var export = await bench.Product.Get<ExportQueries>().GetAsync(Product.Viewer, bench.ExportId, Cancel);
        Assert.Equal((status.DataChangedAt, shown.What), (export.DataChangedAt, export.DataAgeWarning));
        var choice = Assert.Single(await bench.Product.Get<SourceService>().ChoicesAsync(Cancel));
        Assert.Equal((status.DataChangedAt, shown.What), (choice.Freshness!.ChangedAt, choice.AgeWarning));

        async Task<IEnumerable<Attention>> HomeAsync() =>
            await bench.Product.Get<HomeQueries>().NeedsAttentionAsync(Product.Viewer, 5, Cancel);
    }

    private static void Touch(Workbench bench, DateTimeOffset at) =>
        File.SetLastWriteTimeUtc(Path.Combine(bench.Product.Directory, "Customers.db"), at.UtcDateTime);

    private static async Task<Source> SourceAsync(Workbench bench)
    {
        await using var db = await bench.Product.OpenAsync();
        return await db.Set<Source>().SingleAsync(Cancel);
    }

    private static async Task LimitAsync(Workbench bench, bool stops)
    {
        await using var db = await bench.Product.OpenAsync();
        var source = await db.Set<Source>().SingleAsync(Cancel);
        (source.MaxAgeHours, source.StopsWhenOld) = (24, stops);
        await db.SaveChangesAsync(Cancel);
    }

    private static Task<Segment> EverybodyAsync(Product product, Source source) =>
        product
            .Get<SegmentService>()
            .SaveAsync(
                Product.Administrator,
                new SegmentDraft
                {
                    Name = "All",
                    SourceId = source.Id,
                    Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
                },
                Cancel
            );

    /// <summary>Real timers, because runs wait for Klaviyo, with a time of day that only a test moves.</summary>
    private sealed class DayClock : TimeProvider
    {
        private DateTimeOffset _now = new TestClock().GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
