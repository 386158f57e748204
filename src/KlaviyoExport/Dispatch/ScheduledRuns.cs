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
    /// <param name="cancel">Leaves everything as it was.</param>
    public async Task<ScheduledStart> StartScheduledAsync(
        int exportId, RunTrigger trigger, DateTimeOffset? dueAt, string requestedBy, Func<AppDb, int, Task<bool>> claim, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await using var transaction = await db.BeginAloneAsync(cancel);
        var export = await db.Set<Export>().AsNoTracking().Include(export => export.Connection).SingleOrDefaultAsync(export => export.Id == exportId, cancel);
        if (export is null)
            return ScheduledStart.Gone;
        if (export.Connection is null)
            return ScheduledStart.NoConnection;
        if (await db.Set<Run>().AnyAsync(other => other.ActiveExportId == exportId, cancel))
            return ScheduledStart.Busy;
        var run = Run.Queue(new RunTarget(exportId, export.Connection.AccountId, export.ListId, export.SyncMode), requestedBy, clock.GetUtcNow());
        (run.Trigger, run.DueAt) = (trigger, dueAt);
        db.Set<Run>().Add(run);
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            // The store keeps a second run of an export out; any other fault is one.
            await transaction.RollbackAsync(cancel);
            if (await db.Set<Run>().AnyAsync(other => other.ActiveExportId == exportId, cancel))
                return ScheduledStart.Busy;
            throw;
        }
        if (!await claim(db, run.Id))
            return ScheduledStart.Unclaimed;
        await transaction.CommitAsync(cancel);
        // The run is in the store and must not wait for a restart.
        await scheduler.ScheduleAsync(run.Id, run.AccountId, at: null, CancellationToken.None);
        return ScheduledStart.Started;
    }

    /// <summary>Adds to the caller's context that an export was not even tried, and why: a run that is over before it began. The export must have a connection.</summary>
    public async Task<Run?> AddSkippedAsync(AppDb db, int exportId, string requestedBy, DateTimeOffset? dueAt, RunOutcome why, CancellationToken cancel)
    {
        var export = await db.Set<Export>().AsNoTracking().Include(export => export.Connection).SingleOrDefaultAsync(export => export.Id == exportId, cancel);
        if (export?.Connection is not { } connection)
            return null;
        var run = Run.Skip(new RunTarget(exportId, connection.AccountId, export.ListId, export.SyncMode), requestedBy, clock.GetUtcNow(), why);
        (run.Trigger, run.DueAt) = (RunTrigger.Refresh, dueAt);
        db.Set<Run>().Add(run);
        return run;
    }

    /// <summary>Writes into the timeline of the run under way that another was wanted and left out.</summary>
    public async Task NoteSkippedAsync(AppDb db, int exportId, DateTimeOffset dueAt, CancellationToken cancel)
    {
        if (await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(run => run.ActiveExportId == exportId, cancel) is { } active)
            journal.Add(db, active.Id, new Notice(active.State == RunState.NeedsApproval ? "Scheduling.SkippedBusyApproval" : "Scheduling.SkippedBusy", dueAt));
    }
}
