using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Dispatch;

/// <summary>Queues runs that send only the rejected profiles of another run.</summary>
internal sealed class RejectedResend(
    IDbContextFactory<AppDb> stores,
    RunScheduler scheduler,
    RunJournal journal,
    ChangeFeed changes,
    Audit audit,
    TimeProvider clock
)
{
    /// <summary>
    /// Queues a run that retries the rejected profiles of another run, and returns its id. Returns the id of such a run that is already in
    /// progress, when there is one.
    /// </summary>
    /// <param name="reasons">The reasons to retry. Null for all reasons in <see cref="RetryScope.Retriable"/>.</param>
    /// <exception cref="NotAllowedException">The actor may not run the export.</exception>
    /// <exception cref="LocalizedException">
    /// There is nothing to retry, the run has not ended or does not exist, the rejections were purged, or the export has no connection or
    /// another run in progress.
    /// </exception>
    public async Task<int> AddAsync(Actor actor, int runId, IReadOnlyList<RejectionReason>? reasons, CancellationToken cancellationToken)
    {
        var (retry, isNew) = await StoreAsync(
            actor,
            runId,
            [.. RetryScope.Retriable.Where(reason => reasons?.Contains(reason) ?? true)],
            cancellationToken
        );
        if (isNew)
        {
            // The run is stored. Schedule it even if the caller cancels. Otherwise it would wait for the next application start.
            await scheduler.ScheduleAsync(retry.Id, retry.AccountId, at: null, CancellationToken.None);
            changes.Raise(retry.Id);
        }
        return retry.Id;
    }

    private async Task<(Run Retry, bool IsNew)> StoreAsync(
        Actor actor,
        int runId,
        IReadOnlyList<RejectionReason> reasons,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var rejecting =
            await db.Set<Run>()
                .Where(run => run.Id == runId)
                .Select(run => new
                {
                    run.ExportId,
                    run.State,
                    run.RejectionsPurgedAt,
                })
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Delivery.RunGone"));
        var export = (await RunQueue.CandidatesAsync(db, [rejecting.ExportId], cancellationToken))[0];
        if (!(await ExportAccess.ReadAsync(db, actor, cancellationToken)).MayRun(export.ConnectionId))
            throw new NotAllowedException();
        if (!rejecting.State.IsFinal())
            throw new LocalizedException(new LocalizedMessage("Delivery.RetryTooEarly"));
        if (export.AccountId is null)
            throw new LocalizedException(new LocalizedMessage("Delivery.NoConnection"));
        if (
            await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(run => run.ActiveExportId == export.Id, cancellationToken) is { } active
        )
            return active.RetriesRunId == runId
                ? (active, false)
                : throw new LocalizedException(
                    new LocalizedMessage(
                        active.State == RunState.NeedsApproval ? "Delivery.ActiveNeedsApproval" : "Delivery.RetryWhileRunning",
                        active.Id
                    )
                );
        if (rejecting.RejectionsPurgedAt is not null)
            throw new LocalizedException(new LocalizedMessage("Delivery.RejectionsPurged"));
        if (await RetryScope.Of(db, runId, reasons).CountAsync(cancellationToken) is not (> 0 and var count))
            throw new LocalizedException(new LocalizedMessage("Delivery.NothingToRetry"));

        var retry = Run.Queue(export.Target, actor.Name, clock.GetUtcNow());
        retry.RetriesRunId = runId;
        retry.RetriesReasons = [.. reasons];
        db.Set<Run>().Add(retry);
        audit.Add(db, actor, "Exports.RetryStarted", export.Name, export.Id, new LocalizedMessage("Exports.OfRun", runId));
        await db.SaveAsync(cancellationToken);
        journal.Add(db, retry.Id, RetryScope.Say(runId, count, reasons));
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (retry, true);
    }
}
