using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Dispatch;

/// <summary>Runs as people start, stop, approve and repeat them.</summary>
public sealed class RunService
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly RunQueue _queue;
    private readonly RejectedResend _resend;
    private readonly RunApprovals _approvals;
    private readonly CloseStage _close;
    private readonly ChangeFeed _changes;
    private readonly Audit _audit;
    private readonly TimeProvider _clock;

    internal RunService(
        IDbContextFactory<AppDb> stores,
        RunQueue queue,
        RejectedResend resend,
        RunApprovals approvals,
        CloseStage close,
        ChangeFeed changes,
        Audit audit,
        TimeProvider clock
    ) =>
        (_stores, _queue, _resend, _approvals, _close, _changes, _audit, _clock) = (
            stores,
            queue,
            resend,
            approvals,
            close,
            changes,
            audit,
            clock
        );

    /// <summary>Queues a run, or finds the one already under way: a double click starts one run.</summary>
    /// <returns>The run's id.</returns>
    /// <exception cref="LocalizedException">The export is gone or has no connection, or a run of it waits for approval.</exception>
    public async Task<int> StartAsync(Actor actor, int exportId, CancellationToken cancellationToken) =>
        await _queue.AddAsync(actor, [exportId], _ => null, cancellationToken) switch
        {
            [{ MayRun: false }] => throw new NotAllowedException(),
            [{ Refusal: { } refusal }] => throw new LocalizedException(refusal),
            [{ RunId: { } runId }] => runId,
            _ => throw new LocalizedException(new LocalizedMessage("Exports.Gone")),
        };

    /// <summary>Queues a run of each of these exports that can be run now, and says of the others why not.</summary>
    /// <exception cref="NotAllowedException">The actor may run nothing at all.</exception>
    public Task<RunAllResult> StartManyAsync(Actor actor, IReadOnlyList<int> exportIds, CancellationToken cancellationToken) =>
        StartSeveralAsync(actor, exportIds, _ => null, cancellationToken);

    /// <summary>Queues a run of every export with an active schedule that the actor may run, and says of the others why not.</summary>
    /// <exception cref="NotAllowedException">The actor may run nothing at all.</exception>
    public Task<RunAllResult> StartAllAsync(Actor actor, CancellationToken cancellationToken) =>
        StartSeveralAsync(
            actor,
            null,
            export => export.Schedule.IsOn ? null : new LocalizedMessage("Delivery.NoActiveSchedule"),
            cancellationToken
        );

    /// <summary>
    /// Queues a run of only the profiles that a run rejected, read anew from the source, so that what was mended there is sent.
    /// </summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="runId">The run that rejected them.</param>
    /// <param name="reasons">Null: all that sending again can mend.</param>
    /// <param name="cancellationToken">Nothing is queued then.</param>
    /// <returns>The new run's id; asked for twice, the same.</returns>
    /// <exception cref="LocalizedException">There is nothing to retry, the run has not ended, or the export is running or has no
    /// connection.</exception>
    public Task<int> RetryRejectedAsync(
        Actor actor,
        int runId,
        IReadOnlyList<RejectionReason>? reasons,
        CancellationToken cancellationToken
    ) => _resend.AddAsync(actor, runId, reasons, cancellationToken);

    /// <summary>Lets a run go on that waits for approval.</summary>
    /// <exception cref="NotAllowedException">The actor is neither an administrator nor the export's owner, or may not run the
    /// export.</exception>
    /// <exception cref="LocalizedException">It does not wait; the message says what became of it.</exception>
    public Task ApproveAsync(Actor actor, int runId, CancellationToken cancellationToken) =>
        _approvals.ApproveAsync(actor, runId, cancellationToken);

    /// <summary>Ends a run that waits for approval; nothing was sent.</summary>
    /// <exception cref="NotAllowedException">The actor is neither an administrator nor the export's owner, or may not run the
    /// export.</exception>
    /// <exception cref="LocalizedException">It does not wait; the message says what became of it.</exception>
    public Task RejectAsync(Actor actor, int runId, CancellationToken cancellationToken) =>
        _approvals.RejectAsync(actor, runId, cancellationToken);

    /// <summary>Asks a run to stop. One that has not begun is over at once; one at work stops within seconds, wherever it works.</summary>
    /// <exception cref="LocalizedException">It has ended already.</exception>
    public async Task CancelAsync(Actor actor, int runId, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var run =
            await db.Set<Run>()
                .Where(run => run.Id == runId)
                .Join(
                    db.Set<Export>(),
                    run => run.ExportId,
                    export => export.Id,
                    (run, export) =>
                        new
                        {
                            run.State,
                            run.ExportId,
                            export.Name,
                            export.ConnectionId,
                        }
                )
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new LocalizedException(new LocalizedMessage("Delivery.RunGone"));
        if (!(await ExportAccess.ReadAsync(db, actor, cancellationToken)).MayRun(run.ConnectionId))
            throw new NotAllowedException();
        if (run.State.IsFinal())
            throw new LocalizedException(new LocalizedMessage("Delivery.RunEndedAlready"));
        await db.Set<Run>()
            .Where(stored => stored.Id == runId && stored.CancelRequestedAt == null)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(stored => stored.CancelRequestedAt, _clock.GetUtcNow())
                        .SetProperty(stored => stored.CancelRequestedBy, actor.Name),
                cancellationToken
            );
        _audit.Add(db, actor, "Exports.RunCanceled", run.Name, run.ExportId);
        await db.SaveChangesAsync(cancellationToken);
        // Read the state again: the run may have stopped just now, to wait for approval or for a retry. Then no execution sees the request.
        var state = await db.Set<Run>().Where(stored => stored.Id == runId).Select(stored => stored.State).SingleAsync(cancellationToken);
        if (state.Phase() is RunPhase.Waiting or RunPhase.Held)
            await CancelIdleAsync(runId, actor.Name, cancellationToken);
        _changes.Raise(runId);
    }

    private async Task<RunAllResult> StartSeveralAsync(
        Actor actor,
        IReadOnlyCollection<int>? exportIds,
        Func<QueueCandidate, LocalizedMessage?> admit,
        CancellationToken cancellationToken
    )
    {
        // Whoever may run none, however connections are shared, is refused; others are told export by export.
        RunExports.Rule.Demand(actor, shared: true);
        var answers = await _queue.AddAsync(actor, exportIds, admit, cancellationToken);
        return new RunAllResult(
            [.. answers.Where(answer => answer.IsNew).Select(answer => new StartedRun(answer.ExportId, answer.Name, answer.RunId!.Value))],
            [
                .. answers
                    .Where(answer => !answer.IsNew)
                    .Select(answer => new LeftOut(
                        answer.ExportId,
                        answer.Name,
                        answer.Refusal ?? new LocalizedMessage("Delivery.AlreadyUnderWay", answer.RunId)
                    )),
            ]
        );
    }

    private async Task CancelIdleAsync(int runId, string by, CancellationToken cancellationToken)
    {
        try
        {
            await _close.StopIdleAsync(runId, RunOutcome.Canceled(by), cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Taken up at this very moment: whoever did sees the request in the store.
        }
    }
}
