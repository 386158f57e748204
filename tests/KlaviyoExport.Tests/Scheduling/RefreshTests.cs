using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Scheduling;

/// <summary>The system refresh as the worker executes it, with a real sandbox.</summary>
[Trait(Needs.Trait, Needs.Time)]
public class RefreshTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refresh_loads_counts_and_runs_what_follows_it_in_this_order()
    {
        await using var product = await Product.CreateAsync();
        var follower = await product.AddScheduledAsync("Follower", Schedules.WithRefresh);
        var own = await product.AddScheduledAsync("Own", new ExportSchedule { IsOn = true, Own = Schedules.DailyAt13 });
        var off = await product.AddScheduledAsync("Off", new ExportSchedule());
        await product.StartAsync();

        var tasks = await RefreshAsync(product);

        Assert.Equal(
            [
                "Source Follower",
                "Source Off",
                "Source Own",
                "Segment All of Follower",
                "Segment All of Off",
                "Segment All of Own",
                "Export Follower",
            ],
            tasks.Select(task => $"{task.Kind} {task.Name}")
        );
        Assert.All(tasks, task => Assert.Equal((RefreshTaskState.Successful, 5), (task.State, task.Count)));
        Assert.All(tasks.Zip(tasks.Skip(1)), pair => Assert.True(pair.First.FinishedAt <= pair.Second.StartedAt));
        var run = Assert.Single(await product.RunsAsync(follower));
        Assert.Equal((RunState.Successful, RunTrigger.Refresh, "Ana"), (run.State, run.Trigger, run.RequestedBy));
        Assert.Equal(run.Id, tasks[^1].RunId);
        Assert.Empty(await product.RunsAsync(own));
        Assert.Empty(await product.RunsAsync(off));
    }

    [Fact]
    public async Task Tasks_that_depend_on_a_failed_one_are_skipped_with_its_name_and_others_continue()
    {
        await using var product = await Product.CreateAsync();
        var broken = await product.AddScheduledAsync("Broken", Schedules.WithRefresh);
        var sound = await product.AddScheduledAsync("Sound", Schedules.WithRefresh);
        File.Delete(Path.Combine(product.Directory, "Broken.db"));
        await product.StartAsync();

        var tasks = await RefreshAsync(product);

        var of = tasks.ToLookup(task => task.Name.Contains("Broken", StringComparison.Ordinal));
        Assert.Equal([RefreshTaskState.Failed, RefreshTaskState.Skipped, RefreshTaskState.Skipped], of[true].Select(task => task.State));
        Assert.All(of[true].Skip(1), task => Assert.Equal(new LocalizedMessage("Scheduling.SkippedForSource", "Broken"), task.Outcome));
        Assert.All(of[false], task => Assert.Equal(RefreshTaskState.Successful, task.State));
        var skipped = Assert.Single(await product.RunsAsync(broken));
        Assert.Equal(
            (RunState.Skipped, new LocalizedMessage("Scheduling.SkippedForSource", "Broken"), null),
            (skipped.State, skipped.Outcome, skipped.ActiveExportId)
        );
        Assert.Equal(RunState.Successful, Assert.Single(await product.RunsAsync(sound)).State);
    }

    [Fact]
    public async Task An_export_whose_segment_cannot_be_counted_is_skipped_and_names_the_segment()
    {
        await using var product = await Product.CreateAsync();
        await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        await using (var db = await product.OpenAsync())
        {
            var segment = await db.Set<Segment>().SingleAsync(Cancel);
            segment.Definition = new KlaviyoExport.Segments.ConditionSegment(
                new(
                    KlaviyoExport.Segments.GroupKind.All,
                    [new KlaviyoExport.Segments.Condition("gone", KlaviyoExport.Segments.Operator.Equal, ["x"])]
                )
            );
            await db.SaveChangesAsync(Cancel);
        }
        await product.StartAsync();

        var tasks = await RefreshAsync(product);

        Assert.Equal([RefreshTaskState.Successful, RefreshTaskState.Failed, RefreshTaskState.Skipped], tasks.Select(task => task.State));
        Assert.Equal(new LocalizedMessage("Scheduling.SkippedForSegments", "All of Newsletter"), tasks[2].Outcome);
    }

    [Fact]
    public async Task A_segment_is_counted_after_those_that_it_refers_to_and_skipped_with_its_users_when_they_fail()
    {
        await using var product = await Product.CreateAsync();
        await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        await using (var db = await product.OpenAsync())
        {
            var taken = await db.Set<Segment>().SingleAsync(Cancel);
            var inner = Of("Zoe", new Condition("gone", Operator.IsEmpty, []));
            db.Add(inner);
            await db.SaveChangesAsync(Cancel);
            var excluded = Of("Ann", new SegmentCondition(inner.Id, IsMember: true));
            (await db.Set<Export>().Include(export => export.ExcludedSegments).SingleAsync(Cancel)).ExcludedSegments.Add(excluded);
            await db.SaveChangesAsync(Cancel);

            Segment Of(string name, ConditionNode node) =>
                new()
                {
                    Name = name,
                    SourceId = taken.SourceId,
                    CreatedBy = "x",
                    Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [node])),
                };
        }
        await product.StartAsync();

        var tasks = await RefreshAsync(product);

        Assert.Equal(
            ["Newsletter Successful", "All of Newsletter Successful", "Zoe Failed", "Ann Skipped", "Newsletter Skipped"],
            tasks.Select(task => $"{task.Name} {task.State}")
        );
        Assert.Equal(
            [new LocalizedMessage("Scheduling.SkippedForSegments", "Zoe"), new LocalizedMessage("Scheduling.SkippedForSegments", "Ann")],
            tasks.Skip(3).Select(task => task.Outcome)
        );
    }

    [Fact]
    public async Task An_export_without_connection_is_skipped_and_says_so()
    {
        await using var product = await Product.CreateAsync();
        var export = await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        await product.ChangeAsync(export, stored => stored.ConnectionId = null);
        await product.StartAsync();

        var task = (await RefreshAsync(product))[^1];

        Assert.Equal((RefreshTaskState.Skipped, "Delivery.NoConnection"), (task.State, task.Outcome?.Code));
        Assert.Empty(await product.RunsAsync(export));
    }

    [Fact]
    public async Task The_refresh_is_off_until_it_is_scheduled_and_then_starts_when_due()
    {
        var clock = new LeapClock();
        await using var product = await Product.CreateAsync(clock);
        var export = await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        var refresh = product.Get<RefreshService>();
        var plan = await refresh.GetPlanAsync(Product.Administrator, Cancel);
        Assert.False(plan.IsOn);
        await product.StartAsync();
        await clock.LeapAsync(product, TimeSpan.FromDays(2));

        plan.IsOn = true;
        plan = await refresh.SavePlanAsync(Product.Administrator, plan, Cancel);
        Assert.Empty(await refresh.ListAsync(10, Cancel));
        await clock.LeapAsync(product, TimeSpan.FromDays(1));
        await product.UntilAsync(db => db.Set<Refresh>().AnyAsync(stored => stored.FinishedAt != null, Cancel));

        var done = Assert.Single(await refresh.ListAsync(10, Cancel));
        Assert.Equal((plan.NextAt, "Schedule", 3, 3), (done.DueAt, done.RequestedBy, done.Total, done.Done));
        Assert.Equal(plan.NextAt, Assert.Single(await product.RunsAsync(export)).DueAt);
        Assert.Equal(plan.NextAt!.Value.AddDays(1), (await refresh.GetPlanAsync(Product.Administrator, Cancel)).NextAt);
    }

    [Fact]
    public async Task The_second_of_two_people_who_change_the_plan_is_told()
    {
        await using var product = await Product.CreateAsync();
        var refresh = product.Get<RefreshService>();
        var (first, second) = (
            await refresh.GetPlanAsync(Product.Administrator, Cancel),
            await refresh.GetPlanAsync(Product.Administrator, Cancel)
        );
        await refresh.SavePlanAsync(Product.Administrator, first, Cancel);

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() => refresh.SavePlanAsync(Product.Administrator, second, Cancel));

        Assert.Equal("Data.ChangedMeanwhile", refused.LocalizedMessage.Code);
    }

    [Fact]
    public async Task An_invalid_plan_is_refused()
    {
        await using var product = await Product.CreateAsync();

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
            product.Get<RefreshService>().SavePlanAsync(Product.Administrator, new RefreshPlan { IsOn = true }, Cancel)
        );

        Assert.Equal("Scheduling.TimesNeeded", refused.LocalizedMessage.Code);
    }

    [Fact]
    public async Task There_is_one_refresh_at_a_time()
    {
        await using var product = await Product.CreateAsync();
        var refresh = product.Get<RefreshService>();

        var ids = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => refresh.StartAsync(Product.Administrator, Cancel)));

        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task A_canceled_refresh_stops_its_runs_and_starts_no_others()
    {
        await using var product = await Product.CreateAsync();
        var first = await product.AddScheduledAsync("First", Schedules.WithRefresh);
        var second = await product.AddScheduledAsync("Second", Schedules.WithRefresh);
        product.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck));
        await product.StartAsync();
        await product.Get<RefreshService>().StartAsync(Product.Administrator, Cancel);
        await product.UntilAsync(db => db.Set<Run>().AnyAsync(run => run.State == RunState.Confirming, Cancel));

        await product.Get<RefreshService>().CancelAsync(Product.Administrator, Cancel);
        await product.UntilAsync(db => db.Set<Refresh>().AllAsync(refresh => refresh.FinishedAt != null, Cancel));

        foreach (var export in new[] { first, second })
            Assert.Equal(RunState.Canceled, Assert.Single(await product.RunsAsync(export)).State);
        Assert.All((await TasksAsync(product)).TakeLast(2), task => Assert.Equal(RefreshTaskState.Canceled, task.State));
    }

    [Fact]
    public async Task A_refresh_canceled_on_another_server_stops_here_even_after_a_store_fault()
    {
        var (probe, clock) = (new StoreProbe(), new TestClock());
        await using var product = await Product.CreateAsync(clock, configure: probe.AddTo, on: StoreProvider.Sqlite);
        await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        var tasks = product.Get<RefreshTasks>();
        var refreshId = await product.Get<RefreshService>().StartAsync(Product.Administrator, Cancel);
        var task = (await tasks.OpenAsync(refreshId, RefreshTaskKind.Source, Cancel))[0];
        using var watch = product.Get<RefreshSignal>().Listen(task.Id, Cancel);
        using var over = new CancellationTokenSource();
        var looking = product.Get<RefreshExecution>().LookForCancelAsync(task, watch, over.Token);

        probe.IsDown = true;
        var before = probe.Statements;
        await Patience.UntilAsync(() => Task.FromResult(probe.Statements > before), () => clock.Advance(TimeSpan.FromSeconds(1)));
        probe.IsDown = false;
        await tasks.RequestCancelAsync(task.Id, "Zora", Cancel);
        await Patience.UntilAsync(() => Task.FromResult(looking.IsCompleted), () => clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal("Zora", watch.CanceledBy);
    }

    [Fact]
    public async Task A_task_removed_from_the_refresh_is_not_run_and_its_dependents_are_skipped()
    {
        await using var product = await Product.CreateAsync();
        await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        await product.Get<RefreshService>().StartAsync(Product.Administrator, Cancel);
        await using (var db = await product.OpenAsync())
            await product
                .Get<TaskCancellation>()
                .CancelAsync(Product.Administrator, RefreshTaskKind.Source, (await db.Set<Source>().SingleAsync(Cancel)).Id, Cancel);

        await product.StartAsync();
        await product.UntilAsync(db => db.Set<Refresh>().AllAsync(refresh => refresh.FinishedAt != null, Cancel));

        Assert.Equal(
            [RefreshTaskState.Canceled, RefreshTaskState.Skipped, RefreshTaskState.Skipped],
            (await TasksAsync(product)).Select(task => task.State)
        );
    }

    [Fact, Trait(Needs.Trait, Needs.Process)]
    public async Task A_refresh_killed_while_its_exports_run_is_finished_at_the_next_start()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(20));
        await bench.Product.ScheduleAsync(bench.ExportId, Schedules.WithRefresh);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Delay) { Call = "get_bulk_import_profiles_job", DelayMs = 60_000 });
        await bench.Product.Get<RefreshService>().StartAsync(Product.Administrator, Cancel);
        using (var victim = bench.StartApp())
        {
            await bench.Product.UntilAsync(db => db.Set<Run>().AnyAsync(run => run.State == RunState.Confirming, Cancel));
            victim.Kill();
        }
        bench.Sandbox.Faults.Clear();

        using var app = bench.StartApp();
        await bench.Product.UntilAsync(db => db.Set<Refresh>().AnyAsync(refresh => refresh.FinishedAt != null, Cancel));

        Assert.All(await TasksAsync(bench.Product), task => Assert.Equal(RefreshTaskState.Successful, task.State));
        Assert.Equal(
            (RunState.Successful, 20),
            Assert.Single(await bench.Product.RunsAsync(bench.ExportId)) is var run ? (run.State, run.Ledger.Accepted) : default
        );
    }

    [Fact]
    public async Task A_refresh_interrupted_long_ago_is_closed_and_names_its_skipped_tasks()
    {
        var clock = new LeapClock();
        await using var product = await Product.CreateAsync(clock);
        var export = await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        await product.Get<RefreshService>().StartAsync(Product.Administrator, Cancel);

        clock.Leap(RefreshExecution.Stale + TimeSpan.FromMinutes(1));
        await product.StartAsync();
        await product.UntilAsync(db => db.Set<Refresh>().AnyAsync(refresh => refresh.FinishedAt != null, Cancel));

        Assert.All(
            await TasksAsync(product),
            task => Assert.Equal((RefreshTaskState.Canceled, "Scheduling.NotFinished"), (task.State, task.Outcome?.Code))
        );
        Assert.Empty(await product.RunsAsync(export));
    }

    [Theory]
    [InlineData(WhenMissed.RunOnce, RunState.Successful)]
    [InlineData(WhenMissed.Skip, RunState.Skipped)]
    public async Task A_missed_refresh_is_made_up_for_without_exports_that_skip_missed_starts(WhenMissed whenMissed, RunState state)
    {
        var clock = new LeapClock();
        await using var product = await Product.CreateAsync(clock);
        var export = await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh with { WhenMissed = whenMissed });
        var plan = await product
            .Get<RefreshService>()
            .SavePlanAsync(Product.Administrator, new RefreshPlan { IsOn = true, Recurrence = Schedules.DailyAt13 }, Cancel);

        clock.Leap(TimeSpan.FromDays(1));
        await product.StartAsync();
        await product.UntilAsync(db => db.Set<Refresh>().AnyAsync(refresh => refresh.FinishedAt != null, Cancel));

        Assert.Equal((state, plan.NextAt), Assert.Single(await product.RunsAsync(export)) is var run ? (run.State, run.DueAt) : default);
        Assert.Equal(whenMissed == WhenMissed.Skip ? plan.NextAt : null, (await product.FindExportAsync(export)).MissedAt);
    }

    [Fact]
    public async Task Old_refreshes_are_deleted()
    {
        await using var product = await Product.CreateAsync();
        await using (var db = await product.OpenAsync())
        {
            db.Set<Refresh>()
                .AddRange(
                    Enumerable
                        .Range(0, RefreshTasks.Kept + 20)
                        .Select(day => new Refresh
                        {
                            RequestedBy = "Schedule",
                            StartedAt = DateTimeOffset.UnixEpoch.AddDays(day),
                            FinishedAt = DateTimeOffset.UnixEpoch.AddDays(day),
                        })
                );
            await db.SaveChangesAsync(Cancel);
        }
        await product.StartAsync();

        await RefreshAsync(product);

        // Deleted after the refresh has ended.
        await product.UntilAsync(async db => await db.Set<Refresh>().CountAsync(Cancel) == RefreshTasks.Kept);
    }

    [Fact]
    public async Task The_error_of_a_failed_load_is_stored_with_the_source()
    {
        await using var product = await Product.CreateAsync();
        await product.AddScheduledAsync("Broken", Schedules.WithRefresh);
        File.Delete(Path.Combine(product.Directory, "Broken.db"));
        await product.StartAsync();

        var task = (await RefreshAsync(product))[0];

        var source = Assert.Single(await product.Get<SourceService>().ListAsync(Product.Administrator, Cancel));
        Assert.Equal(source.LastError, task.Outcome);
    }

    private static async Task<List<RefreshTask>> RefreshAsync(Product product)
    {
        var id = await product.Get<RefreshService>().StartAsync(Product.Administrator, Cancel);
        await product.UntilAsync(db => db.Set<Refresh>().AnyAsync(refresh => refresh.Id == id && refresh.FinishedAt != null, Cancel));
        return await TasksAsync(product);
    }

    private static async Task<List<RefreshTask>> TasksAsync(Product product)
    {
        await using var db = await product.OpenAsync();
        return await db.Set<RefreshTask>().AsNoTracking().OrderBy(task => task.Id).ToListAsync(Cancel);
    }
}
