using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Dispatch;

internal enum ScheduledStart
{
    Started,

    /// <summary>A run of the export is under way.</summary>
    Busy,

    NoConnection,

    /// <summary>The export is gone.</summary>
    Gone,

    /// <summary>Whoever asked had no claim any more; nothing was changed.</summary>
    Unclaimed,
}

/// <summary>Runs that start by themselves.</summary>
internal sealed class ScheduledRuns(IDbContextFactory<AppDb> stores, RunScheduler scheduler, RunJournal journal, TimeProvider clock)
{
    /// <summary>Queues a run.</summary>
    /// <param name="exportId">Whose run.</param>
    /// <param name="trigger">What starts it.</param>
    /// <param name="dueAt">The time it answers to.</param>
    /// <param name="requestedBy">In whose name.</param>
    /// <param name="claim">Notes in the store, in the same transaction, that this is done; false when it is done already.</param>
    /// <param name="cancellationToken">Leaves everything as it was.</param>
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
        await using var transaction = await db.BeginAloneAsync(cancellationToken);
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
            // The store keeps a second run of an export out; any other fault is one.
            await transaction.RollbackAsync(cancellationToken);
            if (await db.Set<Run>().AnyAsync(other => other.ActiveExportId == exportId, cancellationToken))
                return ScheduledStart.Busy;
            throw;
        }
        if (!await claim(db, run.Id))
            return ScheduledStart.Unclaimed;
        await transaction.CommitAsync(cancellationToken);
        // The run is in the store and must not wait for a restart.
        await scheduler.ScheduleAsync(run.Id, run.AccountId, at: null, CancellationToken.None);
        return ScheduledStart.Started;
    }

    /// <summary>
    /// Adds to the caller's context that an export was not even tried, and why: a run that is over before it began. The export must have a
    /// connection.
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

    /// <summary>Writes into the timeline of the run under way that another was wanted and left out.</summary>
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
