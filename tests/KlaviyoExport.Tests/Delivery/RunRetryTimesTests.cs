using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>When a run is retried after an outage, and how much of it is left.</summary>
public sealed class RunRetryTimesTests
{
    private readonly StoppedClock _clock = new();

    [Fact]
    public async Task A_run_is_retried_after_1_5_and_15_minutes_and_the_last_try_can_still_deliver()
    {
        await using var bench = await Workbench.CreateAsync([.. Customer.Many(10), new("f", "f@async-fail.example", "F")], clock: _clock);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.LoseAnswer) { Call = "bulk_import_profiles" });
        var run = await WaitsAsync(bench, await bench.RunAsync(), 1);
        run = await WaitsAsync(bench, await bench.GoOnAsync(run.Id), 5);
        run = await WaitsAsync(bench, await bench.GoOnAsync(run.Id), 15);
        bench.Sandbox.Faults.Clear();

        run = await bench.GoOnAsync(run.Id);

        await bench.EndedAsync(run, RunState.CompletedWithWarnings, "Delivery.WithRefusals", accepted: 10, refused: 1);
        Assert.Equal("f", Assert.Single(await bench.RejectionsAsync(run.Id)).ProfileKey);
        Assert.Equal(10, bench.OnList().Count);
        Assert.Null(run.RetryAt);
    }

    [Fact]
    public async Task After_the_third_retry_the_run_has_failed_permanently()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(10), clock: _clock);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 503, Call = "get_bulk_import_profiles_job" });
        var run = await bench.RunAsync();
        foreach (var minutes in new[] { 1, 5, 15 })
        {
            await WaitsAsync(bench, run, minutes);
            run = await bench.GoOnAsync(run.Id);
        }

        await bench.EndedAsync(run, RunState.FailedPermanent, "Delivery.RetriesSpent", unconfirmed: 10);
        Assert.Null(run.RetryAt);
    }

    [Fact]
    public async Task A_batch_that_is_not_confirmed_by_its_deadline_is_an_outage()
    {
        await using var bench = await Workbench.CreateAsync(
            Customer.Many(10),
            settings: new()
            {
                ["Klaviyo:Retry:Tries"] = "20",
                ["Klaviyo:Retry:TryTimeout"] = "00:00:01",
                ["Klaviyo:Retry:Deadline"] = "00:00:01.500",
            }
        );
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Delay) { Call = "bulk_import_profiles", DelayMs = 60_000 });

        var run = await bench.RunAsync();

        await bench.WaitsAsync(run, "Klaviyo.OutageTimedOut");
        Assert.True(await bench.AnyBatchAsync(run.Id, BatchState.Sending));
        Assert.InRange(bench.Sandbox.State.Requests.Count, 1, 3);
    }

    private async Task<Run> WaitsAsync(Workbench bench, Run run, int minutes)
    {
        await bench.WaitsAsync(run, run.Outcome!.Code);
        Assert.Equal(_clock.Now + TimeSpan.FromMinutes(minutes), run.RetryAt);
        _clock.Now = run.RetryAt!.Value;
        return run;
    }

    /// <summary>Real timers with a fixed wall clock.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
