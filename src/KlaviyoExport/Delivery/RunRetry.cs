using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>Queues runs of only the profiles that another run rejected, and tells such a run whom it concerns.</summary>
internal sealed class RunRetry(IDbContextFactory<AppDb> stores, RunScheduler scheduler, RunJournal journal, RunChangesFeed changes, Audit audit, TimeProvider clock)
{
    /// <exception cref="NoticeException">There is nothing to retry, the run has not ended, or the export is running or has no connection.</exception>
    public async Task<int> AddAsync(Actor actor, int runId, IReadOnlyList<RejectionReason>? reasons, CancellationToken cancel)
    {
        var (retry, isNew) = await StoreAsync(actor, runId, [.. RetryScope.Retriable.Where(reason => reasons?.Contains(reason) ?? true)], cancel);
        if (isNew)
        {
            // The run is in the store: whoever asked may leave, it must not wait for a restart.
            await scheduler.ScheduleAsync(retry.Id, retry.AccountId, at: null, CancellationToken.None);
            changes.Raise(retry.Id);
        }
        return retry.Id;
    }

    /// <summary>The keys of the profiles a run is to send again; null for an ordinary run.</summary>
    public async Task<RetriedProfiles?> ReadAsync(int runId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var run = await db.Runs.AsNoTracking().SingleAsync(run => run.Id == runId, cancel);
        if (run.RetriesRunId is not { } rejectedBy)
            return null;
        // A run that was queued before reasons were kept sends all of them again, which is harmless.
        var reasons = run.RetriesReasons ?? RetryScope.Retriable;
        return new RetriedProfiles(await Of(db, rejectedBy, reasons).Select(rejection => rejection.ProfileKey).ToHashSetAsync(StringComparer.Ordinal, cancel));
    }

    private static IQueryable<Rejection> Of(AppDb db, int runId, IReadOnlyList<RejectionReason> reasons) =>
        db.Rejections.Where(rejection => rejection.RunId == runId && reasons.Contains(rejection.Reason));

    private async Task<(Run Retry, bool IsNew)> StoreAsync(Actor actor, int runId, IReadOnlyList<RejectionReason> reasons, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await using var transaction = await db.BeginAloneAsync(cancel);
        var rejecting = await db.Runs.Where(run => run.Id == runId).Select(run => new { run.ExportId, run.State, run.RejectionsPurgedAt }).SingleOrDefaultAsync(cancel)
            ?? throw new NoticeException(new Notice("Delivery.RunGone"));
        var export = (await RunQueue.CandidatesAsync(db, [rejecting.ExportId], cancel))[0];
        if (!(await ExportAccess.ReadAsync(db, actor, cancel)).MayRun(export.ConnectionId))
            throw new NotAllowedException();
        if (!rejecting.State.IsFinal())
            throw new NoticeException(new Notice("Delivery.RetryTooEarly"));
        if (export.AccountId is null)
            throw new NoticeException(new Notice("Delivery.NoConnection"));
        if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(run => run.ActiveExportId == export.Id, cancel) is { } active)
            return active.RetriesRunId == runId ? (active, false)
                : throw new NoticeException(new Notice(active.State == RunState.NeedsApproval ? "Delivery.ActiveNeedsApproval" : "Delivery.RetryWhileRunning", active.Id));
        if (rejecting.RejectionsPurgedAt is not null)
            throw new NoticeException(new Notice("Delivery.RejectionsPurged"));
        if (await Of(db, runId, reasons).CountAsync(cancel) is not (> 0 and var count))
            throw new NoticeException(new Notice("Delivery.NothingToRetry"));

        var retry = RunQueue.Of(export, actor.Name, clock.GetUtcNow());
        retry.RetriesRunId = runId;
        retry.RetriesReasons = [.. reasons];
        db.Runs.Add(retry);
        audit.Add(db, actor, "Exports.RetryStarted", export.Name, export.Id);
        await db.SaveAsync(cancel);
        journal.Add(db, retry.Id, RetryScope.Say(runId, count, reasons));
        await db.SaveAsync(cancel);
        await transaction.CommitAsync(cancel);
        return (retry, true);
    }
}

/// <summary>The profiles a run is to send again; those it meets are ticked off, and what is left at the end is no member any more.</summary>
internal sealed class RetriedProfiles(HashSet<string> keys)
{
    private const int Named = 10;

    public bool Take(string key) => keys.Remove(key);

    /// <summary>Names who was left out, at most ten; null when nobody was.</summary>
    public Notice? LeftOut => keys.Count == 0 ? null
        : new Notice(keys.Count > Named ? "Delivery.RetryLeftOutMany" : "Delivery.RetryLeftOut", keys.Count, string.Join(", ", keys.Order(StringComparer.Ordinal).Take(Named)));
}
