using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Dispatch;

/// <summary>What undoing a run would do, and whether it can be undone.</summary>
/// <param name="Added">
/// The number of people whom the run delivered. Those of them who joined the list through the run are taken off, unless another export holds
/// them.
/// </param>
/// <param name="Removed">The number of people whom the run took off the list. They are put back.</param>
/// <param name="Refusal">Why the run cannot be undone. Null when it can.</param>
public sealed record UndoPreview(int Added, int Removed, LocalizedMessage? Refusal);

/// <summary>Queues runs that undo the last run of an export.</summary>
internal sealed class RunUndo(
    IDbContextFactory<AppDb> stores,
    RunScheduler scheduler,
    RunJournal journal,
    ChangeFeed changes,
    Audit audit,
    TimeProvider clock
)
{
    /// <summary>Counts what undoing the run would do.</summary>
    /// <exception cref="NotAllowedException">The actor may not run the export.</exception>
    /// <exception cref="LocalizedException">The run does not exist.</exception>
    public async Task<UndoPreview> PreviewAsync(Actor actor, int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var (run, _) = await FindAsync(db, actor, runId, cancellationToken);
        var starts = db.Set<Batch>().Where(batch => batch.RunId == runId && batch.WindowFrom != null).Select(batch => batch.WindowFrom);
        return new UndoPreview(
            await db.Set<Membership>().CountAsync(row => row.ExportId == run.ExportId && starts.Contains(row.LastFrom), cancellationToken),
            await db.Set<RemovedMember>().CountAsync(removed => removed.RunId == runId, cancellationToken),
            await UndoRule.RefusalAsync(db, run, null, cancellationToken)
        );
    }

    /// <summary>Queues a run that undoes another run, and returns its id.</summary>
    /// <exception cref="NotAllowedException">The actor may not run the export.</exception>
    /// <exception cref="LocalizedException">The run cannot be undone. The message says why.</exception>
    public async Task<int> AddAsync(Actor actor, int runId, CancellationToken cancellationToken)
    {
        var undo = await StoreAsync(actor, runId, cancellationToken);
        // The run is stored. Schedule it even if the caller cancels. Otherwise it would wait for the next application start.
        await scheduler.ScheduleAsync(undo.Id, undo.AccountId, at: null, CancellationToken.None);
        changes.Raise(undo.Id);
        return undo.Id;
    }

    private static async Task<(Run Run, QueueCandidate Export)> FindAsync(
        AppDb db,
        Actor actor,
        int runId,
        CancellationToken cancellationToken
    )
    {
        var run =
            await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(run => run.Id == runId, cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Delivery.RunGone"));
        var export = (await RunQueue.CandidatesAsync(db, [run.ExportId], cancellationToken))[0];
        return (await ExportAccess.ReadAsync(db, actor, cancellationToken)).MayRun(export.ConnectionId)
            ? (run, export)
            : throw new NotAllowedException();
    }

    private async Task<Run> StoreAsync(Actor actor, int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var (run, export) = await FindAsync(db, actor, runId, cancellationToken);
        if (await UndoRule.RefusalAsync(db, run, null, cancellationToken) is { } refusal)
            throw new LocalizedException(refusal);
        var undo = Run.Queue(export.Target, actor.Name, clock.GetUtcNow());
        undo.UndoesRunId = runId;
        db.Set<Run>().Add(undo);
        audit.Add(db, actor, "Exports.RunUndone", export.Name, export.Id, new LocalizedMessage("Exports.OfRun", runId));
        await db.SaveAsync(cancellationToken);
        journal.Add(db, undo.Id, new LocalizedMessage("Delivery.Undoes", runId));
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return undo;
    }
}
