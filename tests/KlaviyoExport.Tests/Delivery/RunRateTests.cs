using KlaviyoExport.Exports;
using KlaviyoExport.Tests.Klaviyo;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>A run with the sandbox's rate limits; both use one clock.</summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class RunRateTests
{
    [Fact]
    public async Task A_run_alone_uses_the_full_limit_and_never_gets_a_429()
    {
        var clock = new TestClock();
        await using var bench = await Workbench.CreateAsync(
            Customer.Many(700),
            settings: new() { ["Delivery:BatchSize"] = "1", ["Delivery:PollInterval"] = "00:05:00" },
            clock: clock,
            sandboxClock: clock
        );
        var (id, execution) = await bench.BeginAsync();

        // After the first minutes, in which the members are read, 150 batches leave in a minute.
        await MinutesAsync(clock, bench, 1);
        var before = Imports(bench);
        await MinutesAsync(clock, bench, 3);
        var sent = Imports(bench) - before;
        await bench.CancelAsync(id);
        await PacedAsync(clock, execution);

        Assert.InRange(sent, 3 * 150 * 0.95, 3 * 150);
        Assert.DoesNotContain(bench.Sandbox.State.Requests, request => request.Status == 429);
    }

    private static int Imports(Workbench bench) => bench.Sandbox.State.Requests.Count(request => request.Method == "POST");

    private static async Task MinutesAsync(TestClock clock, Workbench bench, int minutes)
    {
        var until = clock.GetUtcNow() + TimeSpan.FromMinutes(minutes);
        await Pace.AdvanceUntilAsync(clock, () => clock.GetUtcNow() >= until, besides: () => WorkAsync(bench));
    }

    /// <summary>
    /// Half of the store operations of a run between two calls, so that the clock does not advance faster than a slow store.
    /// </summary>
    private static async Task WorkAsync(Workbench bench)
    {
        await using var db = await bench.Product.OpenAsync();
        await db.Set<Export>().ExecuteUpdateAsync(set => set.SetProperty(export => export.MissedAt, (DateTimeOffset?)null));
    }

    private static Task PacedAsync(TestClock clock, Task execution) => Pace.AdvanceUntilAsync(clock, () => execution.IsCompleted);
}
