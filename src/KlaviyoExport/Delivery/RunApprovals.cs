using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>Decides about runs that wait for approval. Each is decided once, by whoever is first.</summary>
internal sealed class RunApprovals(
    IDbContextFactory<AppDb> stores, RunScheduler scheduler, CloseStage close, ApprovalGuard guard, RunJournal journal, RunChangesFeed changes, Audit audit, TimeProvider clock)
{
    /// <summary>Lets the run go on with what it has prepared.</summary>
    /// <exception cref="NoticeException">It does not wait any more; the notice says what became of it.</exception>
    public async Task ApproveAsync(Actor actor, int runId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var run = await FindAsync(db, actor, runId, cancel);
        run.MoveTo(RunState.Queued);
        run.Stage = Stage.Send;
        (run.ApprovedAt, run.ApprovedBy, run.Outcome) = (clock.GetUtcNow(), actor.Name, null);
        journal.Add(db, runId, new Notice("Delivery.Approved", actor.Name));
        audit.Add(db, actor, "Exports.RunApproved", run.Export!.Name, run.ExportId);
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
        var run = await FindAsync(db, actor, runId, cancel);
        if (!await EndAsync(runId, new Notice("Delivery.RejectedByPerson", actor.Name), store => audit.Add(store, actor, "Exports.RunRejected", run.Export!.Name, run.ExportId), cancel))
            throw await DecidedAsync(runId, cancel);
    }

    /// <summary>Ends those that nobody decided about in time, so that no payload stays for ever.</summary>
    public async Task LapseAsync(CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var before = guard.LapsedBefore;
        foreach (var run in await db.Runs.AsNoTracking().Where(run => run.State == RunState.NeedsApproval && run.ApprovalAskedAt <= before).ToListAsync(cancel))
            await EndAsync(run.Id, new Notice("Delivery.ApprovalLapsed", run.ApprovalAskedAt), null, cancel);
    }

    /// <summary>Whether somebody may decide: an administrator, or the export's owner as long as they may run it.</summary>
    public static bool MayDecide(Actor actor, string? ownerId, bool mayRun) => mayRun && (actor.Role == Role.Administrator || actor.Id == ownerId);

    private async Task<bool> EndAsync(int runId, Notice outcome, Action<AppDb>? deed, CancellationToken cancel)
    {
        try
        {
            return await close.StopWaitingAsync(runId, outcome, deed, cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    private static async Task<Run> FindAsync(AppDb db, Actor actor, int runId, CancellationToken cancel)
    {
        var run = await db.Runs.Include(run => run.Export).SingleOrDefaultAsync(run => run.Id == runId, cancel) ?? throw new NoticeException(new Notice("Delivery.RunGone"));
        var access = await ExportAccess.ReadAsync(db, actor, cancel);
        if (!MayDecide(actor, run.Export!.OwnerId, access.MayRun(run.Export.ConnectionId)))
            throw new NotAllowedException();
        return run.State == RunState.NeedsApproval ? run : throw new NoticeException(SayDecided(run));
    }

    private async Task<NoticeException> DecidedAsync(int runId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var run = await db.Runs.AsNoTracking().SingleOrDefaultAsync(run => run.Id == runId, cancel);
        return new NoticeException(run is null ? new Notice("Delivery.RunGone") : SayDecided(run));
    }

    private static Notice SayDecided(Run run) => run switch
    {
        { ApprovedBy: { } person } => new Notice("Delivery.ApprovedAlready", person),
        { ApprovalAskedAt: not null, Outcome: { } outcome } => new Notice("Delivery.DecidedAlready", outcome),
        _ => new Notice("Delivery.NoApprovalNeeded"),
    };
}
