using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>The rows of docs/delivery.md about import jobs and clock changes.</summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class JobFaultTests
{
    private const string Errors = "get_errors_for_bulk_import_profiles_job";

    [Fact]
    public async Task The_batch_of_a_job_without_progress_for_too_long_is_sent_again()
    {
        var clock = new LeapingClock();
        await using var bench = await Workbench.CreateAsync(Customer.Many(10), clock: clock);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck) { Times = 1 });
        var (id, execution) = await bench.BeginAsync();
        await LooksAsync(bench, 3);

        clock.Run(TimeSpan.FromHours(1));
        await execution;

        await bench.EndedAsync(await bench.FindAsync(id), RunState.Successful, "Delivery.Successful", accepted: 10);
        Assert.Equal(2, bench.Sandbox.State.Jobs().Count);
        Assert.Equal(10, bench.OnList().Count);
    }

    [Fact]
    public async Task The_batch_of_a_job_that_expires_before_it_finishes_is_sent_again()
    {
        var sandboxClock = new ShiftedClock();
        await using var bench = await Workbench.CreateAsync(Customer.Many(10), sandboxClock: sandboxClock);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck) { Times = 1 });
        var (id, execution) = await bench.BeginAsync();
        await LooksAsync(bench, 1);

        sandboxClock.Shift = TimeSpan.FromDays(8);
        await execution;

        await bench.EndedAsync(await bench.FindAsync(id), RunState.Successful, "Delivery.Successful", accepted: 10);
    }

    [Fact]
    public async Task A_batch_whose_job_disappears_between_two_pages_of_errors_is_sent_again_and_counted_once()
    {
        await using var bench = await Workbench.CreateAsync(Failing(150));
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Status = 404,
                Call = Errors,
                After = 1,
                Times = 1,
            }
        );

        var run = await bench.RunAsync();

        await bench.EndedAsync(run, RunState.CompletedWithWarnings, "Delivery.WithRefusals", accepted: 10, refused: 150);
        Assert.Equal(150, (await bench.RejectionsAsync(run.Id)).Select(row => row.ProfileKey).Distinct().Count());
        Assert.Equal(2, bench.Sandbox.State.Jobs().Count);
    }

    [Fact]
    public async Task Twenty_six_pages_of_import_errors_are_all_read_despite_faults()
    {
        await using var bench = await Workbench.CreateAsync(Failing(2_550));
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.ResetMidAnswer)
            {
                Call = Errors,
                After = 5,
                Times = 1,
            }
        );
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Call = Errors,
                After = 20,
                Times = 1,
            }
        );

        var run = await bench.RunAsync();

        await bench.EndedAsync(run, RunState.CompletedWithWarnings, "Delivery.WithRefusals", accepted: 10, refused: 2_550);
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(
            2_550,
            await db.Set<Rejection>().Select(rejection => rejection.ProfileKey).Distinct().CountAsync(TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task Import_errors_about_unknown_rows_are_counted_without_naming_a_profile()
    {
        await using var bench = await Workbench.CreateAsync(Failing(3));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.ErrorsMissing) { Times = 1, Amount = 3 });

        var run = await bench.RunAsync();

        await bench.EndedAsync(run, RunState.CompletedWithWarnings, "Delivery.WithRefusals", accepted: 10, refused: 3);
        Assert.Empty(await bench.RejectionsAsync(run.Id));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_jumps_a_day_while_a_job_is_polled_changes_nothing(int days)
    {
        var clock = new ShiftedClock();
        await using var bench = await Workbench.CreateAsync(Customer.Many(10), clock: clock);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck) { Times = 1 });
        var (id, execution) = await bench.BeginAsync();
        await LooksAsync(bench, 2);

        clock.Shift = TimeSpan.FromDays(days);
        await LooksAsync(bench, bench.Sandbox.State.Requests.Count(IsLook) + 2);
        bench.Sandbox.Faults.Clear();
        await execution;

        await bench.EndedAsync(await bench.FindAsync(id), RunState.Successful, "Delivery.Successful", accepted: 10);
        Assert.Single(bench.Sandbox.State.Jobs());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_jumps_a_day_while_Klaviyo_has_asked_for_a_pause_changes_nothing(int days)
    {
        var clock = new ShiftedClock();
        await using var bench = await Workbench.CreateAsync(Customer.Many(10), clock: clock);
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Status = 429,
                RetryAfter = 2,
                Times = 1,
                Call = "bulk_import_profiles",
            }
        );
        var (id, execution) = await bench.BeginAsync();
        await Patience.UntilAsync(() => bench.Sandbox.State.Requests.Any(request => request.Status == 429));

        clock.Shift = TimeSpan.FromDays(days);
        await execution.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        await bench.EndedAsync(await bench.FindAsync(id), RunState.Successful, "Delivery.Successful", accepted: 10);
        // The call was not made before the end of the pause; it would have been refused again.
        Assert.Equal(
            2,
            bench.Sandbox.State.Requests.Count(request =>
                request.Path.EndsWith("jobs", StringComparison.Ordinal) && request.Method == "POST"
            )
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_jumps_a_day_while_a_run_waits_for_its_next_try_loses_nothing(int days)
    {
        var clock = new ShiftedClock();
        await using var bench = await Workbench.CreateAsync(Customer.Many(10), clock: clock);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 503, Call = "get_bulk_import_profiles_job" });
        var waiting = await bench.RunAsync();
        await bench.WaitsAsync(waiting, "Klaviyo.OutageServerFault");

        clock.Shift = TimeSpan.FromDays(days);
        bench.Sandbox.Faults.Clear();

        await bench.EndedAsync(await bench.GoOnAsync(waiting.Id), RunState.Successful, "Delivery.Successful", accepted: 10);
        Assert.Single(bench.Sandbox.State.Jobs());
    }

    private static IEnumerable<Customer> Failing(int count) =>
        Customer
            .Many(10)
            .Concat(Enumerable.Range(0, count).Select(number => new Customer($"f{number}", $"f{number}@async-fail.example", "F")));

    private static bool IsLook(KlaviyoExport.Sandbox.Requests.RequestEntry request) =>
        request.Method == "GET" && request.Path.Contains("profile-bulk-import-jobs/", StringComparison.Ordinal);

    /// <summary>Waits until the run has read its job this many times.</summary>
    private static Task LooksAsync(Workbench bench, int times) =>
        Patience.UntilAsync(() => bench.Sandbox.State.Requests.Count(IsLook) >= times);

    /// <summary>The real clock and real timers; a test can move the time forward by an hour.</summary>
    private sealed class LeapingClock : TimeProvider
    {
        private long _ahead;

        public void Run(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));

        public override long GetTimestamp() =>
            base.GetTimestamp() + (long)(TimeSpan.FromTicks(Interlocked.Read(ref _ahead)).TotalSeconds * TimestampFrequency);
    }
}
