using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Overview;

public class StoreGaugesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_backlog_of_the_store_is_measured()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        using var meters = new TestMeters();
        var connection = await product.AddConnectionAsync();
        var customers = await product.AddCustomersAsync("Customers", Customer.Many(1));
        foreach (var name in new[] { "First", "Second", "Held" })
            await product.QueueAsync(await product.AddExportAsync(name, connection, customers));
        await using (var db = await product.OpenAsync())
        {
            await db.Set<Run>()
                .Where(run => run.Id == db.Set<Run>().Max(last => last.Id))
                .ExecuteUpdateAsync(set => set.SetProperty(run => run.State, RunState.NeedsApproval), Cancel);
            await db.Set<Export>()
                .Where(export => export.Name == "First")
                .ExecuteUpdateAsync(set => set.SetProperty(export => export.MissedAt, clock.GetUtcNow()), Cancel);
        }
        clock.Advance(TimeSpan.FromMinutes(5));

        using var gauges = ActivatorUtilities.CreateInstance<StoreGauges>(product.Services, meters);
        await gauges.StartAsync(Cancel);
        await Patience.UntilAsync(() => meters.Observe("klaviyo_export.runs.active").Any());

        // By phase: waiting, needs approval, working.
        Assert.Equal([2, 1, 0], meters.Observe("klaviyo_export.runs.active"));
        Assert.Equal([300], meters.Observe("klaviyo_export.runs.oldest_wait"));
        Assert.Equal([1], meters.Observe("klaviyo_export.exports.missed"));
        await gauges.StopAsync(Cancel);
    }

    [Fact]
    public async Task Nothing_of_the_store_is_reported_while_it_cannot_be_read()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        using var meters = new TestMeters();
        using var gauges = ActivatorUtilities.CreateInstance<StoreGauges>(product.Services, meters);
        await gauges.StartAsync(Cancel);
        await Patience.UntilAsync(() => meters.Observe("klaviyo_export.exports.missed").Any());

        await using (var db = await product.OpenAsync())
            await db.Database.ExecuteSqlRawAsync("ALTER TABLE \"Runs\" RENAME TO \"Gone\"", Cancel);
        await Patience.UntilAsync(
            () => Task.FromResult(!meters.Observe("klaviyo_export.exports.missed").Any()),
            () => clock.Advance(TimeSpan.FromSeconds(15))
        );

        Assert.Equal([0], meters.Observe("klaviyo_export.node.runs"));
        await gauges.StopAsync(Cancel);
    }
}
