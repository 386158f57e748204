using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Scheduling;

/// <summary>Schedules of exports. It is 12:00, and they are due at 13:00, unless a test says otherwise.</summary>
public class ExportTimerTests
{
    private static readonly ExportSchedule Daily = new() { IsOn = true, Own = Schedules.DailyAt13 };

    private static readonly DateTimeOffset Today = new(2026, 11, 22, 13, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_start_of_a_schedule_is_stored_and_nothing_starts_before()
    {
        var (clock, product) = await ProductAsync();
        await using var _ = product;
        var export = await product.AddScheduledAsync("Newsletter", Daily);

        clock.Advance(TimeSpan.FromMinutes(59));
        await LookAsync(product);

        Assert.Equal(Today, (await product.FindExportAsync(export)).NextRunAt);
        Assert.Empty(await product.RunsAsync(export));
    }

    [Fact]
    public async Task A_due_start_queues_one_run_only()
    {
        var (clock, product) = await ProductAsync();
        await using var _ = product;
        var export = await product.AddScheduledAsync("Newsletter", Daily);
        clock.Advance(TimeSpan.FromMinutes(61));

        await Task.WhenAll(LookAsync(product), LookAsync(product));
        await LookAsync(product);

        var run = Assert.Single(await product.RunsAsync(export));
        Assert.Equal(
            (RunState.Queued, RunTrigger.Schedule, "Schedule", Today),
            (run.State, run.Trigger, run.RequestedBy, run.DueAt!.Value)
        );
        Assert.Equal(Today.AddDays(1), (await product.FindExportAsync(export)).NextRunAt);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task An_export_that_is_off_or_follows_the_refresh_has_no_start_of_its_own(bool isOn, bool own)
    {
        var (clock, product) = await ProductAsync();
        await using var _ = product;
        var export = await product.AddScheduledAsync("Newsletter", Daily);
        await product.ScheduleAsync(export, new ExportSchedule { IsOn = isOn, Own = own ? Schedules.DailyAt13 : null });

        clock.Advance(TimeSpan.FromDays(2));
        await LookAsync(product);

        Assert.Null((await product.FindExportAsync(export)).NextRunAt);
        Assert.Empty(await product.RunsAsync(export));
    }

    [Fact]
    public async Task A_schedule_turned_off_behind_the_timers_back_does_not_start()
    {
        var (clock, product) = await ProductAsync();
        await using var _ = product;
        var export = await product.AddScheduledAsync("Newsletter", Daily);
        await product.ChangeAsync(export, stored => stored.Schedule = stored.Schedule with { IsOn = false });

        clock.Advance(TimeSpan.FromDays(1));
        await LookAsync(product);

        Assert.Null((await product.FindExportAsync(export)).NextRunAt);
        Assert.Empty(await product.RunsAsync(export));
    }

    [Fact]
    public async Task A_detached_export_does_not_start_until_it_is_attached_again()
    {
        var (clock, product) = await ProductAsync();
        await using var _ = product;
        var export = await product.AddScheduledAsync("Newsletter", Daily);
        var connection = (await product.FindExportAsync(export)).ConnectionId;
        await product.ChangeAsync(export, stored => stored.ConnectionId = null);
        clock.Advance(TimeSpan.FromHours(2));
        await LookAsync(product);
        Assert.Empty(await product.RunsAsync(export));

        await product.ChangeAsync(export, stored => stored.ConnectionId = connection);
        clock.Advance(TimeSpan.FromDays(1));
        await LookAsync(product);

        Assert.Equal(Today.AddDays(1), Assert.Single(await product.RunsAsync(export)).DueAt);
    }

    [Fact]
    public async Task A_start_due_while_the_export_runs_waits_for_its_end_if_configured()
    {
        var (clock, product) = await ProductAsync();
        await using var _ = product;
        var export = await product.AddScheduledAsync("Newsletter", Daily with { WhenBusy = WhenBusy.Wait });
        var busy = await product.QueueAsync(export);
        clock.Advance(TimeSpan.FromHours(2));
        await LookAsync(product);
        Assert.Single(await product.RunsAsync(export));

        await product.Get<RunService>().CancelAsync(Product.Administrator, busy, Cancel);
        await product.Get<ExportTimer>().RunEndedAsync(busy, Cancel);

        var runs = await product.RunsAsync(export);
        Assert.Equal([RunState.Canceled, RunState.Queued], runs.Select(run => run.State));
        Assert.Equal(Today, runs[1].DueAt);
    }

    [Fact]
    public async Task Several_starts_due_while_the_export_runs_become_one_run()
    {
        var (clock, product) = await ProductAsync();
        await using var _ = product;
        var export = await product.AddScheduledAsync("Newsletter", Daily with { Own = new Recurrence { Kind = RecurrenceKind.Hourly } });
        var busy = await product.QueueAsync(export);
        for (var hour = 0; hour < 5; hour++)
        {
            clock.Advance(TimeSpan.FromHours(1));
            await LookAsync(product);
        }

        await product.Get<RunService>().CancelAsync(Product.Administrator, busy, Cancel);
        await product.Get<ExportTimer>().RunEndedAsync(busy, Cancel);
        await LookAsync(product);

        Assert.Equal(2, (await product.RunsAsync(export)).Count);
        Assert.Equal(Today.AddHours(5), (await product.FindExportAsync(export)).NextRunAt);
    }

    [Fact]
    public async Task A_start_due_while_the_export_runs_is_skipped_and_noted_if_configured()
    {
        var (clock, product) = await ProductAsync();
        await using var _ = product;
        var export = await product.AddScheduledAsync("Newsletter", Daily with { WhenBusy = WhenBusy.Skip });
        var busy = await product.QueueAsync(export);

        clock.Advance(TimeSpan.FromHours(2));
        await LookAsync(product);

        Assert.Single(await product.RunsAsync(export));
        Assert.Equal(Today.AddDays(1), (await product.FindExportAsync(export)).NextRunAt);
        await using var db = await product.OpenAsync();
        Assert.Equal(
            new LocalizedMessage("Scheduling.SkippedBusy", Today),
            (await db.Set<RunEvent>().SingleAsync(line => line.RunId == busy, Cancel)).What
        );
    }

    [Theory]
    [InlineData(WhenMissed.RunOnce, 1)]
    [InlineData(WhenMissed.Skip, 0)]
    public async Task Starts_missed_while_the_product_was_down_are_shown_and_made_up_for_as_configured(WhenMissed whenMissed, int runs)
    {
        var (clock, product) = await ProductAsync();
        await using var _ = product;
        var export = await product.AddScheduledAsync("Newsletter", Daily with { WhenMissed = whenMissed });
        clock.Advance(TimeSpan.FromDays(3));

        await product.Get<ExportTimer>().CatchUpAsync(Cancel);
        await LookAsync(product);

        var stored = await product.FindExportAsync(export);
        Assert.Equal((Today.AddDays(2), Today.AddDays(3)), (stored.MissedAt!.Value, stored.NextRunAt!.Value));
        Assert.Equal(Enumerable.Repeat(Today.AddDays(2), runs), (await product.RunsAsync(export)).Select(run => run.DueAt!.Value));
    }

    [Fact]
    public async Task A_run_lost_by_a_crash_between_deciding_and_starting_is_started_at_the_next_start()
    {
        var (clock, product) = await ProductAsync();
        await using var _ = product;
        var export = await product.AddScheduledAsync("Newsletter", Daily);
        clock.Advance(TimeSpan.FromDays(1));
        await product.Get<ExportTimer>().CatchUpAsync(Cancel);

        clock.Advance(TimeSpan.FromMinutes(5));
        await product.Get<ExportTimer>().CatchUpAsync(Cancel);
        await LookAsync(product);

        Assert.Equal(Today, Assert.Single(await product.RunsAsync(export)).DueAt);
    }

    [Fact]
    public async Task A_missing_next_start_is_computed_again_at_start()
    {
        var (_, product) = await ProductAsync();
        await using var __ = product;
        var export = await product.AddScheduledAsync("Newsletter", Daily);
        await product.ChangeAsync(export, stored => stored.NextRunAt = null);

        await product.Get<ExportTimer>().CatchUpAsync(Cancel);

        Assert.Equal(Today, (await product.FindExportAsync(export)).NextRunAt);
    }

    [Fact]
    public async Task A_schedule_that_this_server_cannot_compute_does_not_stop_others()
    {
        var (clock, product) = await ProductAsync();
        await using var _ = product;
        var lost = await product.AddScheduledAsync("A lost zone", Daily);
        var sound = await product.AddScheduledAsync("Sound", Daily);
        await product.ChangeAsync(
            lost,
            stored => stored.Schedule = Daily with { Own = Schedules.DailyAt13 with { TimeZone = "Europe/Atlantis" } }
        );

        clock.Advance(TimeSpan.FromHours(2));
        await product.Get<ExportTimer>().CatchUpAsync(Cancel);
        await LookAsync(product);

        Assert.Single(await product.RunsAsync(sound));
        Assert.Null((await product.FindExportAsync(lost)).NextRunAt);
    }

    [Theory]
    [InlineData("Runs", "INSERT")]
    [InlineData("Exports", "UPDATE")]
    public async Task A_start_that_cannot_be_stored_changes_nothing_and_is_repeated(string table, string action)
    {
        var (clock, product) = await ProductAsync();
        await using var _ = product;
        var export = await product.AddScheduledAsync("Newsletter", Daily);
        clock.Advance(TimeSpan.FromHours(2));
        await using var db = await product.OpenAsync();
        var broken = await BrokenTable.CreateAsync(db, table, action);

        await LookAsync(product);
        Assert.Empty(await product.RunsAsync(export));
        Assert.Equal(Today, (await product.FindExportAsync(export)).NextRunAt);
        await broken.DisposeAsync();
        await LookAsync(product);

        Assert.Equal(Today, Assert.Single(await product.RunsAsync(export)).DueAt);
    }

    [Fact]
    public async Task The_scheduler_starts_a_due_export_and_its_run_clears_the_missed_start()
    {
        var clock = new LeapClock();
        await using var product = await Product.CreateAsync(clock);
        var export = await product.AddScheduledAsync(
            "Newsletter",
            new ExportSchedule
            {
                IsOn = true,
                Own = new Recurrence { Kind = RecurrenceKind.Hourly },
            }
        );
        await product.ChangeAsync(export, stored => stored.MissedAt = DateTimeOffset.UnixEpoch);
        var due = (await product.FindExportAsync(export)).NextRunAt!.Value;
        await product.StartAsync();

        await clock.LeapAsync(product, TimeSpan.FromHours(1));
        await product.UntilAsync(db => db.Set<Run>().AnyAsync(run => run.FinishedAt != null, Cancel));

        var run = Assert.Single(await product.RunsAsync(export));
        Assert.Equal((RunState.Successful, due), (run.State, run.DueAt!.Value));
        var stored = await product.FindExportAsync(export);
        Assert.Equal((null, due.AddHours(1)), (stored.MissedAt, stored.NextRunAt!.Value));
    }

    [Fact]
    public async Task A_schedule_added_while_the_product_runs_takes_effect_at_once()
    {
        var clock = new LeapClock();
        await using var product = await Product.CreateAsync(clock);
        await product.StartAsync();
        var export = await product.AddScheduledAsync(
            "Newsletter",
            new ExportSchedule
            {
                IsOn = true,
                Own = new Recurrence { Kind = RecurrenceKind.Hourly },
            }
        );

        await clock.LeapAsync(product, TimeSpan.FromHours(1));
        await product.UntilAsync(db => db.Set<Run>().AnyAsync(run => run.FinishedAt != null, Cancel));

        Assert.Equal(RunTrigger.Schedule, Assert.Single(await product.RunsAsync(export)).Trigger);
    }

    [Fact]
    public async Task Due_exports_start_even_while_all_concurrent_runs_are_in_use()
    {
        var clock = new LeapClock();
        await using var product = await Product.CreateAsync(clock);
        await product.StartAsync();
        product.Sandbox.Faults.Add(
            new KlaviyoExport.Sandbox.Faults.Fault(KlaviyoExport.Sandbox.Faults.FaultKind.Delay) { DelayMs = 60_000 }
        );
        for (var account = 0; account < 20; account++)
            await product.QueueAsync(
                await product.AddExportAsync(
                    $"Busy {account}",
                    await product.AddConnectionAsync($"Account {account}", accountId: $"ACC{account:d3}"),
                    await product.AddCustomersAsync($"Busy {account}", Tests.Delivery.Customer.Many(1))
                )
            );
        await product.UntilAsync(async db => await db.Set<Run>().CountAsync(run => run.StartedAt != null, Cancel) >= 16);

        var export = await product.AddScheduledAsync(
            "Due",
            new ExportSchedule
            {
                IsOn = true,
                Own = new Recurrence { Kind = RecurrenceKind.Hourly },
            }
        );
        await clock.LeapAsync(product, TimeSpan.FromHours(1));

        await product.UntilAsync(db => db.Set<Run>().AnyAsync(run => run.ExportId == export, Cancel));
        await using var db = await product.OpenAsync();
        Assert.Equal(16, await db.Set<Run>().CountAsync(run => run.StartedAt != null, Cancel));
    }

    private static async Task<(TestClock Clock, Product Product)> ProductAsync()
    {
        var clock = new TestClock();
        return (clock, await Product.CreateAsync(clock));
    }

    private static Task<DateTimeOffset?> LookAsync(Product product) => product.Get<ExportTimer>().LookAsync(Cancel);
}
