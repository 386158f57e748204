using KlaviyoExport.Data;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Scheduling;

/// <summary>
/// The last part of a refresh: starts the exports that follow it, and waits until their runs have ended. Quartz runs the exports of an
/// account one after another.
/// </summary>
internal sealed class RefreshExports(
    IDbContextFactory<AppDb> stores,
    RefreshTasks tasks,
    ScheduledRuns runs,
    RunService people,
    RunTelemetry telemetry,
    TimeProvider clock
)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    public async Task RunAsync(int refreshId, CancellationToken cancellationToken)
    {
        var refresh = await FindAsync(refreshId, cancellationToken);
        while (true)
        {
            if (await tasks.CancelRequestedByAsync(refreshId, cancellationToken) is { } person)
                await CancelAsync(refreshId, person, cancellationToken);
            var open = await tasks.OpenAsync(refreshId, RefreshTaskKind.Export, cancellationToken);
            foreach (var task in open.Where(task => task.RunId is null))
                await StartAsync(refresh, task, cancellationToken);
            await FollowAsync(refreshId, cancellationToken);
            if (await tasks.OpenAsync(refreshId, RefreshTaskKind.Export, cancellationToken) is [])
                return;
            await Task.Delay(BetweenLooks, clock, cancellationToken);
        }
    }

    private async Task<Refresh> FindAsync(int refreshId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Refresh>().AsNoTracking().SingleAsync(refresh => refresh.Id == refreshId, cancellationToken);
    }

    private async Task StartAsync(Refresh refresh, RefreshTask task, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var export = await db.Set<Export>().AsNoTracking().SingleOrDefaultAsync(export => export.Id == task.SubjectId, cancellationToken);
        if (export is null)
            await tasks.EndAsync(
                task.Id,
                new TaskEnd(RefreshTaskState.Canceled, new LocalizedMessage("Scheduling.SubjectGone")),
                cancellationToken
            );
        else if (!export.Schedule.FollowsRefresh)
            await tasks.EndAsync(
                task.Id,
                new TaskEnd(RefreshTaskState.Canceled, new LocalizedMessage("Scheduling.FollowsNoMore")),
                cancellationToken
            );
        else if (await WhyNotAsync(refresh, task, export, cancellationToken) is { } why)
            await SkipAsync(refresh, task, why, cancellationToken);
        else
            await StartAsync(refresh, task, export, cancellationToken);
    }

    private async Task StartAsync(Refresh refresh, RefreshTask task, Export export, CancellationToken cancellationToken)
    {
        var start = await runs.StartScheduledAsync(
            export.Id,
            RunTrigger.Refresh,
            refresh.DueAt,
            refresh.RequestedBy,
            (db, runId) => ClaimAsync(db, task.Id, runId, cancellationToken),
            cancellationToken
        );
        if (start == ScheduledStart.Busy && await WaitingForApprovalAsync(export.Id, cancellationToken) is { } waiting)
            // The refresh cannot wait for days until a person approves the run. That run remains the latest one of the export, so no
            // skipped run is added.
            await tasks.EndAsync(
                task.Id,
                new TaskEnd(RefreshTaskState.Skipped, new LocalizedMessage("Scheduling.SkippedForApproval", waiting), RunId: waiting),
                cancellationToken
            );
        else if (start == ScheduledStart.Busy && export.Schedule.WhenBusy == WhenBusy.Skip)
            await SkipAsync(
                refresh,
                task,
                new RunOutcome(RunOutcomeKind.Skipped, new LocalizedMessage("Scheduling.SkippedAsBusy")),
                cancellationToken
            );
        // Otherwise the run has started, or the next iteration tries again: the previous run is still in progress, or the export has
        // changed.
    }

    private async Task<int?> WaitingForApprovalAsync(int exportId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Run>()
            .Where(run => run.ActiveExportId == exportId && run.State == RunState.NeedsApproval)
            .Select(run => (int?)run.Id)
            .SingleOrDefaultAsync(cancellationToken);
    }

    private async Task<RunOutcome?> WhyNotAsync(Refresh refresh, RefreshTask task, Export export, CancellationToken cancellationToken)
    {
        if (export.ConnectionId is null)
            return RunOutcome.NoConnection;
        if (export.Schedule.WhenMissed == WhenMissed.Skip && export.MissedAt is { } missed && missed == refresh.DueAt)
            return new RunOutcome(RunOutcomeKind.Skipped, new LocalizedMessage("Scheduling.SkippedAsMissed", missed));
        return await tasks.UpstreamFaultAsync(task, cancellationToken) is { } upstream
            ? new RunOutcome(RunOutcomeKind.SkippedUpstream, upstream)
            : null;
    }

    /// <summary>Ends the task and adds a skipped run to the export, in one transaction. Without a connection, no run is added.</summary>
    private async Task SkipAsync(Refresh refresh, RefreshTask task, RunOutcome why, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var run = await runs.AddSkippedAsync(db, task.SubjectId, refresh.RequestedBy, refresh.DueAt, why, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await tasks.EndAsync(db, task.Id, new TaskEnd(RefreshTaskState.Skipped, why.Message, RunId: run?.Id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (run is not null)
            telemetry.Ended(run);
    }

    private async Task<bool> ClaimAsync(AppDb db, int taskId, int runId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return await db.Set<RefreshTask>()
                .Where(task => task.Id == taskId && task.RunId == null && task.State == RefreshTaskState.NotStarted)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(task => task.State, RefreshTaskState.Processing)
                            .SetProperty(task => task.RunId, runId)
                            .SetProperty(task => task.StartedAt, now),
                    cancellationToken
                ) == 1;
    }

    /// <summary>Ends the tasks whose runs have ended, were removed or wait for approval.</summary>
    private async Task FollowAsync(int refreshId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var followed = await db.Set<RefreshTask>()
            .Where(task => task.RefreshId == refreshId && task.State == RefreshTaskState.Processing && task.RunId != null)
            .Select(task => new
            {
                task.Id,
                task.RunId,
                Run = db.Set<Run>()
                    .Where(run => run.Id == task.RunId)
                    .Select(run => new
                    {
                        run.State,
                        run.Outcome,
                        run.Ledger.Accepted,
                    })
                    .FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        foreach (var task in followed)
        {
            if (task.Run is not { } run)
                await tasks.EndAsync(
                    task.Id,
                    new TaskEnd(RefreshTaskState.Canceled, new LocalizedMessage("Scheduling.SubjectGone")),
                    cancellationToken
                );
            // A run that waits for approval counts as ended. The refresh must not wait for days.
            else if (run.State.IsAtRest())
                await tasks.EndAsync(task.Id, new TaskEnd(EndOf(run.State), run.Outcome, run.Accepted), cancellationToken);
        }
    }

    private async Task CancelAsync(int refreshId, string person, CancellationToken cancellationToken)
    {
        await tasks.CancelOpenAsync(refreshId, new LocalizedMessage("Scheduling.Canceled", person), cancellationToken);
        foreach (var task in await tasks.OpenAsync(refreshId, RefreshTaskKind.Export, cancellationToken))
        {
            await using var db = await stores.CreateDbContextAsync(cancellationToken);
            if (
                await db.Set<Run>()
                    .AnyAsync(run => run.Id == task.RunId && run.ActiveExportId != null && run.CancelRequestedAt == null, cancellationToken)
            )
                await CancelRunAsync(task.RunId!.Value, Actor.System with { Name = person }, cancellationToken);
        }
    }

    private async Task CancelRunAsync(int runId, Actor actor, CancellationToken cancellationToken)
    {
        try
        {
            await people.CancelAsync(actor, runId, cancellationToken);
        }
        catch (LocalizedException)
        {
            // The run has ended in the meantime.
        }
    }

    private static RefreshTaskState EndOf(RunState state) =>
        state switch
        {
            RunState.Successful => RefreshTaskState.Successful,
            RunState.CompletedWithWarnings or RunState.NeedsApproval => RefreshTaskState.CompletedWithWarnings,
            RunState.Canceled => RefreshTaskState.Canceled,
            RunState.Skipped => RefreshTaskState.Skipped,
            _ => RefreshTaskState.Failed,
        };
}
