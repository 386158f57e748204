using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Dispatch;

/// <summary>Decides about runs that wait for approval. Each is decided once, by whoever is first.</summary>
internal sealed class RunApprovals(
    IDbContextFactory<AppDb> stores, RunScheduler scheduler, CloseStage close, ApprovalGuard guard, RunJournal journal, ChangeFeed changes, Audit audit, TimeProvider clock)
{
    /// <summary>Lets the run go on with what it has prepared.</summary>
    /// <exception cref="NoticeException">It does not wait any more; the notice says what became of it.</exception>
    public async Task ApproveAsync(Actor actor, int runId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var (run, export) = await FindAsync(db, actor, runId, cancel);
        run.MoveTo(RunState.Queued);
        run.Stage = Stage.Send;
        (run.ApprovedAt, run.ApprovedBy) = (clock.GetUtcNow(), actor.Name);
        run.Tell(null);
        journal.Add(db, runId, new Notice("Delivery.Approved", actor.Name));
        audit.Add(db, actor, "Exports.RunApproved", export.Name, run.ExportId);
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw await DecidedAsync(runId, cancel);
        }
        // Its trigger of before may not be gone yet; one for this moment is another. The approval is in the store and must not wait for a restart.
        await scheduler.ScheduleAsync(runId, run.AccountId, run.ApprovedAt, CancellationToken.None);
        changes.Raise(runId);
    }

    /// <summary>Ends the run; nothing was sent.</summary>
    /// <exception cref="NoticeException">It does not wait any more; the notice says what became of it.</exception>
    public async Task RejectAsync(Actor actor, int runId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var (run, export) = await FindAsync(db, actor, runId, cancel);
        if (!await EndAsync(runId, new Notice("Delivery.RejectedByPerson", actor.Name), store => audit.Add(store, actor, "Exports.RunRejected", export.Name, run.ExportId), cancel))
            throw await DecidedAsync(runId, cancel);
    }

    /// <summary>Ends those that nobody decided about in time, so that no payload stays for ever.</summary>
    public async Task LapseAsync(CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var before = guard.LapsedBefore;
        foreach (var run in await db.Set<Run>().AsNoTracking().Where(run => run.State == RunState.NeedsApproval && run.ApprovalAskedAt <= before).ToListAsync(cancel))
            await EndAsync(run.Id, new Notice("Delivery.ApprovalLapsed", run.ApprovalAskedAt), null, cancel);
    }

    /// <summary>Whether somebody may decide: an administrator, or the export's owner as long as they may run it.</summary>
    public static bool MayDecide(Actor actor, string? ownerId, bool mayRun) => mayRun && (actor.Role == Role.Administrator || actor.Id == ownerId);

    private async Task<bool> EndAsync(int runId, Notice outcome, Action<AppDb>? deed, CancellationToken cancel)
    {
        try
        {
            return await close.StopWaitingAsync(runId, new RunOutcome(RunOutcomeKind.NotApproved, outcome), deed, cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    private static async Task<(Run Run, Export Export)> FindAsync(AppDb db, Actor actor, int runId, CancellationToken cancel)
    {
        var run = await db.Set<Run>().SingleOrDefaultAsync(run => run.Id == runId, cancel) ?? throw new NoticeException(new Notice("Delivery.RunGone"));
        var export = await db.Set<Export>().AsNoTracking().SingleAsync(export => export.Id == run.ExportId, cancel);
        var access = await ExportAccess.ReadAsync(db, actor, cancel);
        if (!MayDecide(actor, export.OwnerId, access.MayRun(export.ConnectionId)))
            throw new NotAllowedException();
        return run.State == RunState.NeedsApproval ? (run, export) : throw new NoticeException(SayDecided(run));
    }

    private async Task<NoticeException> DecidedAsync(int runId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var run = await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(run => run.Id == runId, cancel);
        return new NoticeException(run is null ? new Notice("Delivery.RunGone") : SayDecided(run));
    }

    private static Notice SayDecided(Run run) => run switch
    {
        { ApprovedBy: { } person } => new Notice("Delivery.ApprovedAlready", person),
        { ApprovalAskedAt: not null, Outcome: { } outcome } => new Notice("Delivery.DecidedAlready", outcome),
        _ => new Notice("Delivery.NoApprovalNeeded"),
    };
}
