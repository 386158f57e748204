using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Dispatch;

/// <summary>Queues runs that send again only the profiles another run rejected.</summary>
internal sealed class RejectedResend(
    IDbContextFactory<AppDb> stores,
    RunScheduler scheduler,
    RunJournal journal,
    ChangeFeed changes,
    Audit audit,
    TimeProvider clock
)
{
    /// <exception cref="LocalizedException">There is nothing to retry, the run has not ended, or the export is running or has no
    /// connection.</exception>
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
            // The run is in the store: whoever asked may leave, it must not wait for a restart.
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
        await using var transaction = await db.BeginAloneAsync(cancellationToken);
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
            ?? throw new LocalizedException(new LocalizedMessage("Delivery.RunGone"));
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
        audit.Add(db, actor, "Exports.RetryStarted", export.Name, export.Id);
        await db.SaveAsync(cancellationToken);
        journal.Add(db, retry.Id, RetryScope.Say(runId, count, reasons));
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (retry, true);
    }
}
