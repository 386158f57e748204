using KlaviyoExport.Data;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Scheduling;

/// <summary>The last part of a refresh: runs the exports that follow it and sees them to their ends. Quartz keeps them one after another per account.</summary>
internal sealed class RefreshExports(IDbContextFactory<AppDb> stores, RefreshTasks tasks, ScheduledRuns runs, RunService people, TimeProvider clock)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    public async Task RunAsync(int refreshId, CancellationToken stopping)
    {
        var refresh = await FindAsync(refreshId, stopping);
        while (true)
        {
            if (await tasks.CancelRequestedByAsync(refreshId, stopping) is { } person)
                await CancelAsync(refreshId, person, stopping);
            var open = await tasks.OpenAsync(refreshId, RefreshTaskKind.Export, stopping);
            foreach (var task in open.Where(task => task.RunId is null))
                await StartAsync(refresh, task, stopping);
            await FollowAsync(refreshId, stopping);
            if (await tasks.OpenAsync(refreshId, RefreshTaskKind.Export, stopping) is [])
                return;
            await Task.Delay(BetweenLooks, clock, stopping);
        }
    }

    private async Task<Refresh> FindAsync(int refreshId, CancellationToken stopping)
    {
        await using var db = await stores.CreateDbContextAsync(stopping);
        return await db.Set<Refresh>().AsNoTracking().SingleAsync(refresh => refresh.Id == refreshId, stopping);
    }

    private async Task StartAsync(Refresh refresh, RefreshTask task, CancellationToken stopping)
    {
        await using var db = await stores.CreateDbContextAsync(stopping);
        var export = await db.Set<Export>().AsNoTracking().SingleOrDefaultAsync(export => export.Id == task.SubjectId, stopping);
        if (export is null)
            await tasks.EndAsync(task.Id, new TaskEnd(RefreshTaskState.Canceled, new Notice("Scheduling.SubjectGone")), stopping);
        else if (!export.Schedule.FollowsRefresh)
            await tasks.EndAsync(task.Id, new TaskEnd(RefreshTaskState.Canceled, new Notice("Scheduling.FollowsNoMore")), stopping);
        else if (await WhyNotAsync(refresh, task, export, stopping) is { } why)
            await SkipAsync(refresh, task, why, stopping);
        else
            await StartAsync(refresh, task, export, stopping);
    }

    private async Task StartAsync(Refresh refresh, RefreshTask task, Export export, CancellationToken stopping)
    {
        var start = await runs.StartScheduledAsync(export.Id, RunTrigger.Refresh, refresh.DueAt, refresh.RequestedBy, (db, runId) => ClaimAsync(db, task.Id, runId, stopping), stopping);
        if (start == ScheduledStart.Busy && await WaitingForApprovalAsync(export.Id, stopping) is { } waiting)
            // A refresh cannot wait for days; that run is the export's latest, so it gets none that says it was skipped.
            await tasks.EndAsync(task.Id, new TaskEnd(RefreshTaskState.Skipped, new Notice("Scheduling.SkippedForApproval", waiting), RunId: waiting), stopping);
        else if (start == ScheduledStart.Busy && export.Schedule.WhenBusy == WhenBusy.Skip)
            await SkipAsync(refresh, task, new RunOutcome(RunOutcomeKind.Skipped, new Notice("Scheduling.SkippedAsBusy")), stopping);
        // Otherwise it has begun, or the next look finds what changed meanwhile or the run before it ended.
    }

    private async Task<int?> WaitingForApprovalAsync(int exportId, CancellationToken stopping)
    {
        await using var db = await stores.CreateDbContextAsync(stopping);
        return await db.Set<Run>().Where(run => run.ActiveExportId == exportId && run.State == RunState.NeedsApproval).Select(run => (int?)run.Id).SingleOrDefaultAsync(stopping);
    }

    private async Task<RunOutcome?> WhyNotAsync(Refresh refresh, RefreshTask task, Export export, CancellationToken stopping)
    {
        if (export.ConnectionId is null)
            return RunOutcome.NoConnection;
        if (export.Schedule.WhenMissed == WhenMissed.Skip && export.MissedAt is { } missed && missed == refresh.DueAt)
            return new RunOutcome(RunOutcomeKind.Skipped, new Notice("Scheduling.SkippedAsMissed", missed));
        return await tasks.UpstreamFaultAsync(task, stopping) is { } upstream ? new RunOutcome(RunOutcomeKind.SkippedUpstream, upstream) : null;
    }

    /// <summary>The task is over and the export has a run that says so: one transaction.</summary>
    private async Task SkipAsync(Refresh refresh, RefreshTask task, RunOutcome why, CancellationToken stopping)
    {
        await using var db = await stores.CreateDbContextAsync(stopping);
        await using var transaction = await db.BeginAloneAsync(stopping);
        var run = await runs.AddSkippedAsync(db, task.SubjectId, refresh.RequestedBy, refresh.DueAt, why, stopping);
        await db.SaveChangesAsync(stopping);
        await tasks.EndAsync(db, task.Id, new TaskEnd(RefreshTaskState.Skipped, why.Message, RunId: run?.Id), stopping);
        await transaction.CommitAsync(stopping);
    }

    private async Task<bool> ClaimAsync(AppDb db, int taskId, int runId, CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        return await db.Set<RefreshTask>().Where(task => task.Id == taskId && task.RunId == null && task.State == RefreshTaskState.NotStarted).ExecuteUpdateAsync(
            set => set.SetProperty(task => task.State, RefreshTaskState.Processing).SetProperty(task => task.RunId, runId).SetProperty(task => task.StartedAt, now), stopping) == 1;
    }

    /// <summary>Ends the tasks whose runs have ended.</summary>
    private async Task FollowAsync(int refreshId, CancellationToken stopping)
    {
        await using var db = await stores.CreateDbContextAsync(stopping);
        var followed = await db.Set<RefreshTask>().Where(task => task.RefreshId == refreshId && task.State == RefreshTaskState.Processing && task.RunId != null)
            .Select(task => new { task.Id, task.RunId, Run = db.Set<Run>().Where(run => run.Id == task.RunId).Select(run => new { run.State, run.Outcome, run.Ledger.Accepted }).FirstOrDefault() })
            .ToListAsync(stopping);
        foreach (var task in followed)
        {
            if (task.Run is not { } run)
                await tasks.EndAsync(task.Id, new TaskEnd(RefreshTaskState.Canceled, new Notice("Scheduling.SubjectGone")), stopping);
            // What waits for a person is done as far as the refresh goes: the next one must not wait for days.
            else if (run.State.IsFinal() || run.State == RunState.NeedsApproval)
                await tasks.EndAsync(task.Id, new TaskEnd(EndOf(run.State), run.Outcome, run.Accepted), stopping);
        }
    }

    private async Task CancelAsync(int refreshId, string person, CancellationToken stopping)
    {
        await tasks.CancelOpenAsync(refreshId, new Notice("Scheduling.Canceled", person), stopping);
        foreach (var task in await tasks.OpenAsync(refreshId, RefreshTaskKind.Export, stopping))
        {
            await using var db = await stores.CreateDbContextAsync(stopping);
            if (await db.Set<Run>().AnyAsync(run => run.Id == task.RunId && run.ActiveExportId != null && run.CancelRequestedAt == null, stopping))
                await CancelRunAsync(task.RunId!.Value, Actor.System with { Name = person }, stopping);
        }
    }

    private async Task CancelRunAsync(int runId, Actor actor, CancellationToken stopping)
    {
        try
        {
            await people.CancelAsync(actor, runId, stopping);
        }
        catch (NoticeException)
        {
            // It has ended at this very moment.
        }
    }

    private static RefreshTaskState EndOf(RunState state) => state switch
    {
        RunState.Successful => RefreshTaskState.Successful,
        RunState.CompletedWithWarnings or RunState.NeedsApproval => RefreshTaskState.CompletedWithWarnings,
        RunState.Canceled => RefreshTaskState.Canceled,
        RunState.Skipped => RefreshTaskState.Skipped,
        _ => RefreshTaskState.Failed,
    };
}
