using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Dispatch;

/// <summary>Approves and rejects runs that wait for approval. The first decision about a run is final.</summary>
internal sealed class RunApprovals(
    IDbContextFactory<AppDb> stores,
    RunScheduler scheduler,
    CloseStage close,
    ApprovalGuard guard,
    RunJournal journal,
    ChangeFeed changes,
    Audit audit,
    TimeProvider clock
)
{
    /// <summary>Approves the run. It continues and sends the batches that it has prepared.</summary>
    /// <exception cref="NotAllowedException">The actor may not decide about the run (see <see cref="MayDecide"/>).</exception>
    /// <exception cref="LocalizedException">The run does not wait for approval. The message gives the reason.</exception>
    public async Task ApproveAsync(Actor actor, int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var (run, export) = await FindAsync(db, actor, runId, cancellationToken);
        run.MoveTo(RunState.Queued);
        run.Stage = Stage.Send;
        (run.ApprovedAt, run.ApprovedBy) = (clock.GetUtcNow(), actor.Name);
        run.Tell(null);
        journal.Add(db, runId, new LocalizedMessage("Delivery.Approved", actor.Name));
        audit.Add(db, actor, "Exports.RunApproved", export.Name, run.ExportId, new LocalizedMessage("Exports.OfRun", runId));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw await DecidedAsync(runId, cancellationToken);
        }
        // The previous trigger of the run may still exist. The time of the approval makes the new trigger a different one. The approval
        // is stored, so schedule the run even if the caller cancels. Otherwise it would wait for the next application start.
        await scheduler.ScheduleAsync(runId, run.AccountId, run.ApprovedAt, CancellationToken.None);
        changes.Raise(runId);
    }

    /// <summary>Rejects the run. It ends and sends nothing.</summary>
    /// <exception cref="NotAllowedException">The actor may not decide about the run (see <see cref="MayDecide"/>).</exception>
    /// <exception cref="LocalizedException">The run does not wait for approval. The message gives the reason.</exception>
    public async Task RejectAsync(Actor actor, int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var (run, export) = await FindAsync(db, actor, runId, cancellationToken);
        if (
            !await EndAsync(
                runId,
                new LocalizedMessage("Delivery.RejectedByPerson", actor.Name),
                store =>
                    audit.Add(store, actor, "Exports.RunRejected", export.Name, run.ExportId, new LocalizedMessage("Exports.OfRun", runId)),
                cancellationToken
            )
        )
            throw await DecidedAsync(runId, cancellationToken);
    }

    /// <summary>Ends the runs that were not approved or rejected in time, so that their payloads are not stored forever.</summary>
    public async Task LapseAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var before = guard.LapsedBefore;
        foreach (
            var run in await db.Set<Run>()
                .AsNoTracking()
                .Where(run => run.State == RunState.NeedsApproval && run.ApprovalAskedAt <= before)
                .ToListAsync(cancellationToken)
        )
            await EndAsync(run.Id, new LocalizedMessage("Delivery.ApprovalLapsed", run.ApprovalAskedAt), null, cancellationToken);
    }

    /// <summary>
    /// Returns whether a person may approve and reject runs of an export. Administrators and the owner of the export may, if they may also
    /// run the export.
    /// </summary>
    public static bool MayDecide(Actor actor, string? ownerId, bool mayRun) =>
        mayRun && (actor.Role.IsAdministrator() || actor.Id == ownerId);

    private async Task<bool> EndAsync(int runId, LocalizedMessage outcome, Action<AppDb>? action, CancellationToken cancellationToken)
    {
        try
        {
            return await close.StopWaitingAsync(runId, new RunOutcome(RunOutcomeKind.NotApproved, outcome), action, cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    private static async Task<(Run Run, Export Export)> FindAsync(AppDb db, Actor actor, int runId, CancellationToken cancellationToken)
    {
        var run =
            await db.Set<Run>().SingleOrDefaultAsync(run => run.Id == runId, cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Delivery.RunGone"));
        var export = await db.Set<Export>().AsNoTracking().SingleAsync(export => export.Id == run.ExportId, cancellationToken);
        var access = await ExportAccess.ReadAsync(db, actor, cancellationToken);
        if (!MayDecide(actor, export.OwnerId, access.MayRun(export.ConnectionId)))
            throw new NotAllowedException();
        return run.State == RunState.NeedsApproval ? (run, export) : throw new LocalizedException(SayDecided(run));
    }

    private async Task<LocalizedException> DecidedAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var run = await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(run => run.Id == runId, cancellationToken);
        return new LocalizedException(run is null ? new LocalizedMessage("Delivery.RunGone") : SayDecided(run));
    }

    private static LocalizedMessage SayDecided(Run run) =>
        run switch
        {
            { ApprovedBy: { } person } => new LocalizedMessage("Delivery.ApprovedAlready", person),
            { ApprovalAskedAt: not null, Outcome: { } outcome } => new LocalizedMessage("Delivery.DecidedAlready", outcome),
            _ => new LocalizedMessage("Delivery.NoApprovalNeeded"),
        };
}
