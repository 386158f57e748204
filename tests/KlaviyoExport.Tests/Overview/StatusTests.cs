using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Overview;

/// <summary>The content of System > Status.</summary>
public class StatusTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Before_the_first_task_everything_is_not_started()
    {
        await using var product = await Product.CreateAsync();
        await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        await using (var db = await product.OpenAsync())
            await db.Set<Source>().ExecuteUpdateAsync(set => set.SetProperty(source => source.LoadedAt, (DateTimeOffset?)null), Cancel);

        var rows = await ListAsync(product);

        Assert.Equal(["Source Newsletter", "Segment All of Newsletter", "Export Newsletter"], rows.Select(row => $"{row.Kind} {row.Name}"));
        Assert.All(
            rows,
            row => Assert.Equal((StatusText.NotStarted, null, null, false), (row.Status, row.LastRunAt, row.NextRunAt, row.MayCancel))
        );
    }

    [Theory]
    [InlineData(RunState.Queued, StatusText.Queued)]
    [InlineData(RunState.Preparing, StatusText.Processing)]
    [InlineData(RunState.Confirming, StatusText.Processing)]
    [InlineData(RunState.Successful, StatusText.Successful)]
    [InlineData(RunState.CompletedWithWarnings, StatusText.CompletedWithWarnings)]
    [InlineData(RunState.FailedRetrying, StatusText.FailedRetrying)]
    [InlineData(RunState.FailedPermanent, StatusText.FailedPermanent)]
    [InlineData(RunState.Canceled, StatusText.Canceled)]
    [InlineData(RunState.Skipped, StatusText.Skipped)]
    public async Task An_export_shows_its_last_run(RunState state, StatusText word)
    {
        await using var product = await Product.CreateAsync();
        var export = await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        await AddRunAsync(product, export, RunState.Successful);
        var run = await AddRunAsync(product, export, state, RunTrigger.Refresh);

        var row = await ExportAsync(product);

        Assert.Equal((word, run, !state.IsFinal()), (row.Status, row.RunId!.Value, row.MayCancel));
        Assert.Equal(state.IsFinal() ? null : 7L, row.Done);
    }

    [Fact]
    public async Task An_export_with_its_own_schedule_is_not_skipped_because_of_an_earlier_refresh()
    {
        await using var product = await Product.CreateAsync();
        var export = await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        var ran = await AddRunAsync(product, export, RunState.Successful);
        await AddRunAsync(product, export, RunState.Skipped, RunTrigger.Refresh);
        Assert.Equal(StatusText.Skipped, (await ExportAsync(product)).Status);

        await product.ScheduleAsync(export, new ExportSchedule { IsOn = true, Own = Schedules.DailyAt13 });

        var row = await ExportAsync(product);
        Assert.Equal((StatusText.Successful, ran), (row.Status, row.RunId!.Value));
        Assert.Equal((await product.FindExportAsync(export)).NextRunAt, row.NextRunAt);
    }

    [Fact]
    public async Task The_next_start_is_of_the_exports_schedule_of_the_refresh_or_none()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        await product.AddScheduledAsync("Follower", Schedules.WithRefresh);
        await product.AddScheduledAsync("Own", new ExportSchedule { IsOn = true, Own = Schedules.DailyAt13 });
        await product.AddScheduledAsync("Off", new ExportSchedule());
        var detached = await product.AddScheduledAsync("Detached", new ExportSchedule { IsOn = true, Own = Schedules.DailyAt13 });
        await product.ChangeAsync(detached, export => export.ConnectionId = null);
        await product
            .Get<RefreshService>()
            .SavePlanAsync(
                Product.Administrator,
                new RefreshPlan { IsOn = true, Recurrence = Schedules.DailyAt13 with { Times = [new(20, 0)] } },
                Cancel
            );

        var next = (await ListAsync(product))
            .Where(row => row.Kind == RefreshTaskKind.Export)
            .ToDictionary(row => row.Name, row => row.NextRunAt?.Hour);

        Assert.Equal(
            new Dictionary<string, int?>
            {
                ["Follower"] = 20,
                ["Own"] = 13,
                ["Off"] = null,
                ["Detached"] = null,
            },
            next
        );
        Assert.All(
            (await ListAsync(product)).Where(row => row.Kind != RefreshTaskKind.Export),
            row => Assert.Equal(20, row.NextRunAt?.Hour)
        );
    }

    [Fact]
    public async Task A_missed_time_is_shown()
    {
        await using var product = await Product.CreateAsync();
        var export = await product.AddScheduledAsync("Newsletter", new ExportSchedule { IsOn = true, Own = Schedules.DailyAt13 });
        await product.ChangeAsync(export, stored => stored.MissedAt = DateTimeOffset.UnixEpoch);

        Assert.Equal(DateTimeOffset.UnixEpoch, (await ExportAsync(product)).MissedAt);
        await product.ChangeAsync(export, stored => stored.ConnectionId = null);
        Assert.Null((await ExportAsync(product)).MissedAt);
    }

    [Fact]
    public async Task A_row_says_what_its_reader_may_start()
    {
        await using var product = await Product.CreateAsync();
        var export = await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        var status = product.Get<StatusQueries>();
        var may = async (KlaviyoExport.People.Actor who) => (await status.ListAsync(who, Cancel)).Select(row => row.MayRun);

        Assert.Equal([true, true, true], await may(Product.Administrator));
        Assert.Equal([false, false, true], await may(Product.Operator));
        Assert.Equal([false, false, false], await may(Product.Viewer));
        Assert.False((await may(Product.Contributor)).First());
        await product.ChangeAsync(export, stored => stored.ConnectionId = null);
        Assert.Equal([true, true, false], await may(Product.Administrator));
    }

    [Fact]
    public async Task Manual_loads_and_counts_are_shown_as_the_last_run_with_a_history()
    {
        await using var product = await Product.CreateAsync();
        await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        var (source, segment) = ((await ListAsync(product))[0].Id, (await ListAsync(product))[1].Id);
        var (byHand, status) = (product.Get<ManualTasks>(), product.Get<StatusQueries>());

        await byHand.LoadAsync(Product.Administrator, source, Cancel);
        await byHand.CountAsync(Product.Contributor, segment, Cancel);
        File.Move(Path.Combine(product.Directory, "Newsletter.db"), Path.Combine(product.Directory, "away.db"));
        await Assert.ThrowsAnyAsync<LocalizedException>(() => byHand.LoadAsync(Product.Administrator, source, Cancel));

        var rows = await ListAsync(product);
        Assert.Equal([StatusText.FailedPermanent, StatusText.Successful], rows.Take(2).Select(row => row.Status));
        Assert.All(rows.Take(2), row => Assert.NotNull(row.Duration));
        Assert.Equal(
            [StatusText.FailedPermanent, StatusText.Successful],
            (await status.HistoryAsync(Product.Administrator, RefreshTaskKind.Source, source, 10, Cancel)).Select(point => point.Status)
        );
        Assert.Equal(
            [5],
            (await status.HistoryAsync(Product.Viewer, RefreshTaskKind.Segment, segment, 10, Cancel)).Select(point => point.Count)
        );
    }

    [Fact]
    public async Task Only_the_latest_manual_tasks_are_kept_and_refused_ones_leave_none()
    {
        await using var product = await Product.CreateAsync();
        await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        var segment = (await ListAsync(product))[1].Id;

        await Assert.ThrowsAnyAsync<Exception>(() => product.Get<ManualTasks>().CountAsync(Product.Viewer, segment, Cancel));
        await using var db = await product.OpenAsync();
        Assert.False(await db.Set<RefreshTask>().AnyAsync(Cancel));
        for (var time = 0; time <= ManualTasks.Kept; time++)
            await product.Get<ManualTasks>().CountAsync(Product.Contributor, segment, Cancel);
        Assert.Equal(
            (ManualTasks.Kept, 2),
            (await db.Set<RefreshTask>().CountAsync(Cancel), await db.Set<RefreshTask>().MinAsync(task => task.Id, Cancel))
        );
    }

    [Fact]
    public async Task A_task_waiting_in_a_refresh_is_queued_and_an_administrator_can_cancel_it()
    {
        await using var product = await Product.CreateAsync();
        await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        await product.Get<RefreshService>().StartAsync(Product.Administrator, Cancel);

        Assert.All(await ListAsync(product), row => Assert.Equal((StatusText.Queued, true), (row.Status, row.MayCancel)));
        Assert.All(await product.Get<StatusQueries>().ListAsync(Product.Viewer, Cancel), row => Assert.False(row.MayCancel));
        await product
            .Get<TaskCancellation>()
            .CancelAsync(Product.Administrator, RefreshTaskKind.Segment, (await ListAsync(product))[1].Id, Cancel);
        Assert.Equal([StatusText.Queued, StatusText.Canceled, StatusText.Queued], (await ListAsync(product)).Select(row => row.Status));
    }

    [Fact]
    public async Task The_reason_of_a_source_failure_is_for_administrators_because_it_names_paths()
    {
        await using var product = await Product.CreateAsync();
        await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        File.Delete(Path.Combine(product.Directory, "Newsletter.db"));
        await product.StartAsync();
        await product.Get<RefreshService>().StartAsync(Product.Administrator, Cancel);
        await product.UntilAsync(db => db.Set<Refresh>().AllAsync(refresh => refresh.FinishedAt != null, Cancel));

        var (all, some) = (await ListAsync(product), await product.Get<StatusQueries>().ListAsync(Product.Viewer, Cancel));

        Assert.Contains(product.Directory, all[0].Detail!.ToString(), StringComparison.Ordinal);
        Assert.Equal("Scheduling.AdministratorSeesWhy", some[0].Detail!.Code);
        Assert.DoesNotContain(some, row => row.Detail!.ToString().Contains(product.Directory, StringComparison.Ordinal));
        Assert.Equal([StatusText.FailedPermanent, StatusText.Skipped, StatusText.Skipped], some.Select(row => row.Status));
        foreach (var row in some)
        {
            var point = Assert.Single(await product.Get<StatusQueries>().HistoryAsync(Product.Viewer, row.Kind, row.Id, 10, Cancel));
            Assert.Equal((row.Status, row.Detail), (point.Status, point.Detail));
        }
    }

    [Fact]
    public async Task A_source_loaded_by_hand_shows_that_load_and_not_the_earlier_refresh()
    {
        await using var product = await Product.CreateAsync();
        await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        var file = Path.Combine(product.Directory, "Newsletter.db");
        File.Move(file, file + ".away");
        await product.StartAsync();
        await product.Get<RefreshService>().StartAsync(Product.Administrator, Cancel);
        await product.UntilAsync(db => db.Set<Refresh>().AllAsync(refresh => refresh.FinishedAt != null, Cancel));
        File.Move(file + ".away", file);

        await product.Get<KlaviyoExport.Sources.SourceService>().LoadAsync(Product.Administrator, (await ListAsync(product))[0].Id, Cancel);

        var row = (await ListAsync(product))[0];
        Assert.Equal((StatusText.Successful, 5), (row.Status, row.Count));
    }

    [Fact]
    public async Task The_run_of_an_export_is_canceled_from_here_and_its_history_says_so()
    {
        await using var product = await Product.CreateAsync();
        var export = await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);
        product.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck));
        await product.StartAsync();
        var run = await product.QueueAsync(export);
        await product.WaitForAsync(run, stored => stored.State == RunState.Confirming);

        await product.Get<TaskCancellation>().CancelAsync(Product.Operator, RefreshTaskKind.Export, export, Cancel);
        await product.WaitForAsync(run, stored => stored.FinishedAt is not null);

        var point = Assert.Single(
            await product.Get<StatusQueries>().HistoryAsync(Product.Operator, RefreshTaskKind.Export, export, 10, Cancel)
        );
        Assert.Equal((StatusText.Canceled, run, RunTrigger.Person), (point.Status, point.RunId!.Value, point.Trigger!.Value));
    }

    [Fact]
    public async Task Only_a_running_task_can_be_canceled()
    {
        await using var product = await Product.CreateAsync();
        var export = await product.AddScheduledAsync("Newsletter", Schedules.WithRefresh);

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
            product.Get<TaskCancellation>().CancelAsync(Product.Administrator, RefreshTaskKind.Export, export, Cancel)
        );

        Assert.Equal("Scheduling.NothingToCancel", refused.LocalizedMessage.Code);
    }

    private static Task<IReadOnlyList<StatusRow>> ListAsync(Product product) =>
        product.Get<StatusQueries>().ListAsync(Product.Administrator, Cancel);

    private static async Task<StatusRow> ExportAsync(Product product) =>
        (await ListAsync(product)).Single(row => row.Kind == RefreshTaskKind.Export);

    private static async Task<int> AddRunAsync(Product product, int exportId, RunState state, RunTrigger trigger = RunTrigger.Person)
    {
        await using var db = await product.OpenAsync();
        var run = new Run
        {
            ExportId = exportId,
            ActiveExportId = state.IsFinal() ? null : exportId,
            AccountId = "ACC",
            ListId = "LIST",
            RequestedBy = "Ana",
            Trigger = trigger,
            State = state,
            Done = 7,
            Total = 9,
            FinishedAt = state.IsFinal() ? DateTimeOffset.UnixEpoch : null,
        };
        db.Set<Run>().Add(run);
        await db.SaveChangesAsync(Cancel);
        return run.Id;
    }
}
