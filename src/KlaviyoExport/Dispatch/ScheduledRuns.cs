using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Dispatch;

/// <summary>The results of a scheduled start.</summary>
internal enum ScheduledStart
{
    Started,

    /// <summary>A run of the export is in progress or waits for approval.</summary>
    Busy,

    NoConnection,

    /// <summary>The export does not exist any more.</summary>
    Gone,

    /// <summary>The caller's claim returned false. Nothing was changed.</summary>
    Unclaimed,
}

/// <summary>Queues the runs that a schedule or a refresh starts.</summary>
internal sealed class ScheduledRuns(IDbContextFactory<AppDb> stores, RunScheduler scheduler, RunJournal journal, TimeProvider clock)
{
    /// <summary>Queues a run.</summary>
    /// <param name="exportId">The export to run.</param>
    /// <param name="trigger">What starts the run.</param>
    /// <param name="dueAt">The scheduled time of the run.</param>
    /// <param name="requestedBy">The name that is stored as the requester of the run.</param>
    /// <param name="claim">
    /// Records the start in the store, in the same transaction. Gets the id of the new run. Returns false when the run must not start any
    /// more, for example because another execution has recorded the start. The run is then not queued.
    /// </param>
    /// <param name="cancellationToken">Cancels the call. Nothing is changed if it is canceled before the transaction commits.</param>
    public async Task<ScheduledStart> StartScheduledAsync(
        int exportId,
        RunTrigger trigger,
        DateTimeOffset? dueAt,
        string requestedBy,
        Func<AppDb, int, Task<bool>> claim,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var export = await db.Set<Export>()
            .AsNoTracking()
            .Include(export => export.Connection)
            .SingleOrDefaultAsync(export => export.Id == exportId, cancellationToken);
        if (export is null)
            return ScheduledStart.Gone;
        if (export.Connection is null)
            return ScheduledStart.NoConnection;
        if (await db.Set<Run>().AnyAsync(other => other.ActiveExportId == exportId, cancellationToken))
            return ScheduledStart.Busy;
        var run = Run.Queue(
            new RunTarget(exportId, export.Connection.AccountId, export.ListId, export.SyncMode),
            requestedBy,
            clock.GetUtcNow()
        );
        (run.Trigger, run.DueAt) = (trigger, dueAt);
        db.Set<Run>().Add(run);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // The store does not accept a second active run of an export. Rethrow any other fault.
            await transaction.RollbackAsync(cancellationToken);
            if (await db.Set<Run>().AnyAsync(other => other.ActiveExportId == exportId, cancellationToken))
                return ScheduledStart.Busy;
            throw;
        }
        if (!await claim(db, run.Id))
            return ScheduledStart.Unclaimed;
        await transaction.CommitAsync(cancellationToken);
        // The run is stored. Schedule it even if the caller cancels. Otherwise it would wait for the next application start.
        await scheduler.ScheduleAsync(run.Id, run.AccountId, at: null, CancellationToken.None);
        return ScheduledStart.Started;
    }

    /// <summary>
    /// Adds a skipped run to the caller's context. It records that a refresh did not start the export, and why. Returns null when the
    /// export does not exist or has no connection.
    /// </summary>
    public async Task<Run?> AddSkippedAsync(
        AppDb db,
        int exportId,
        string requestedBy,
        DateTimeOffset? dueAt,
        RunOutcome why,
        CancellationToken cancellationToken
    )
    {
        var export = await db.Set<Export>()
            .AsNoTracking()
            .Include(export => export.Connection)
            .SingleOrDefaultAsync(export => export.Id == exportId, cancellationToken);
        if (export?.Connection is not { } connection)
            return null;
        var run = Run.Skip(
            new RunTarget(exportId, connection.AccountId, export.ListId, export.SyncMode),
            requestedBy,
            clock.GetUtcNow(),
            why
        );
        (run.Trigger, run.DueAt) = (RunTrigger.Refresh, dueAt);
        db.Set<Run>().Add(run);
        return run;
    }

    /// <summary>Adds an entry to the timeline of the active run: another run of the export was due and was skipped.</summary>
    public async Task NoteSkippedAsync(AppDb db, int exportId, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        if (await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(run => run.ActiveExportId == exportId, cancellationToken) is { } active)
            journal.Add(
                db,
                active.Id,
                new LocalizedMessage(
                    active.State == RunState.NeedsApproval ? "Scheduling.SkippedBusyApproval" : "Scheduling.SkippedBusy",
                    dueAt
                )
            );
    }
}
