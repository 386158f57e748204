using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Dispatch;

/// <summary>Starts, cancels, approves, rejects and retries runs for people. Checks their permissions.</summary>
public sealed class RunService
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly RunQueue _queue;
    private readonly RejectedResend _resend;
    private readonly RunUndo _undo;
    private readonly RunApprovals _approvals;
    private readonly CloseStage _close;
    private readonly ChangeFeed _changes;
    private readonly Audit _audit;
    private readonly TimeProvider _clock;

    internal RunService(
        IDbContextFactory<AppDb> stores,
        RunQueue queue,
        RejectedResend resend,
        RunUndo undo,
        RunApprovals approvals,
        CloseStage close,
        ChangeFeed changes,
        Audit audit,
        TimeProvider clock
    ) =>
        (_stores, _queue, _resend, _undo, _approvals, _close, _changes, _audit, _clock) = (
            stores,
            queue,
            resend,
            undo,
            approvals,
            close,
            changes,
            audit,
            clock
        );

    /// <summary>Queues a run of an export. Returns the run in progress when there is one, so a double click starts only one run.</summary>
    /// <returns>The id of the run.</returns>
    /// <exception cref="NotAllowedException">The actor may not run the export.</exception>
    /// <exception cref="LocalizedException">
    /// The export does not exist or has no connection, or a run of it waits for approval.
    /// </exception>
    public Task<int> StartAsync(Actor actor, int exportId, CancellationToken cancellationToken) =>
        StartAsync(actor, exportId, sendsEverything: false, cancellationToken);

    /// <summary>
    /// Queues a run of an export that sends all members, changed or not, whatever the sync mode. Otherwise as <see cref="StartAsync(Actor,
    /// int, CancellationToken)"/>.
    /// </summary>
    /// <exception cref="NotAllowedException">The actor may not run the export.</exception>
    /// <exception cref="LocalizedException">
    /// The export does not exist or has no connection, or another run of it is in progress or waits for approval.
    /// </exception>
    public Task<int> SendEverythingAsync(Actor actor, int exportId, CancellationToken cancellationToken) =>
        StartAsync(actor, exportId, sendsEverything: true, cancellationToken);

    private async Task<int> StartAsync(Actor actor, int exportId, bool sendsEverything, CancellationToken cancellationToken) =>
        await _queue.AddAsync(actor, [exportId], _ => null, cancellationToken, sendsEverything) switch
        {
            [{ MayRun: false }] => throw new NotAllowedException(),
            [{ Refusal: { } refusal }] => throw new LocalizedException(refusal),
            // A run in progress may leave out what has not changed.
            [{ RunId: { } runId, IsNew: false }] when sendsEverything => throw new LocalizedException(
                new LocalizedMessage("Delivery.RetryWhileRunning", runId)
            ),
            [{ RunId: { } runId }] => runId,
            _ => throw new GoneException(new LocalizedMessage("Exports.Gone")),
        };

    /// <summary>Queues a run of each of these exports that can run now. The result gives the reason for each export left out.</summary>
    /// <exception cref="NotAllowedException">The role of the actor may not run any export.</exception>
    public Task<RunAllResult> StartManyAsync(Actor actor, IReadOnlyList<int> exportIds, CancellationToken cancellationToken) =>
        StartSeveralAsync(actor, exportIds, _ => null, cancellationToken);

    /// <summary>
    /// Queues a run of every export that has an active schedule and that the actor may run. The result gives the reason for each export
    /// left out.
    /// </summary>
    /// <exception cref="NotAllowedException">The role of the actor may not run any export.</exception>
    public Task<RunAllResult> StartAllAsync(Actor actor, CancellationToken cancellationToken) =>
        StartSeveralAsync(
            actor,
            null,
            export => export.Schedule.IsOn ? null : new LocalizedMessage("Delivery.NoActiveSchedule"),
            cancellationToken
        );

    /// <summary>
    /// Queues a run that sends only the profiles that another run rejected. It reads them again from the source, so that it sends
    /// corrected values.
    /// </summary>
    /// <param name="actor">The person who requests the run.</param>
    /// <param name="runId">The run that rejected the profiles.</param>
    /// <param name="reasons">The reasons to retry. Null for all reasons that a retry can resolve.</param>
    /// <param name="cancellationToken">Cancels the call. No run is queued if it is canceled before the run is stored.</param>
    /// <returns>The id of the new run. When a retry of the same run is already in progress, its id.</returns>
    /// <exception cref="NotAllowedException">The actor may not run the export.</exception>
    /// <exception cref="LocalizedException">
    /// There is nothing to retry, the run has not ended or does not exist, the rejections were purged, or the export has no connection or
    /// another run in progress.
    /// </exception>
    public Task<int> RetryRejectedAsync(
        Actor actor,
        int runId,
        IReadOnlyList<RejectionReason>? reasons,
        CancellationToken cancellationToken
    ) => _resend.AddAsync(actor, runId, reasons, cancellationToken);

    /// <summary>Counts what undoing the run would do, and finds out whether it can be undone.</summary>
    /// <exception cref="NotAllowedException">The actor may not run the export.</exception>
    /// <exception cref="LocalizedException">The run does not exist.</exception>
    public Task<UndoPreview> PreviewUndoAsync(Actor actor, int runId, CancellationToken cancellationToken) =>
        _undo.PreviewAsync(actor, runId, cancellationToken);

    /// <summary>
    /// Queues a run that undoes the last run of an export: it takes off the list whom that run added, unless another export holds them, and
    /// puts back whom it removed.
    /// </summary>
    /// <returns>The id of the new run.</returns>
    /// <exception cref="NotAllowedException">The actor may not run the export.</exception>
    /// <exception cref="LocalizedException">The run cannot be undone. The message says why.</exception>
    public Task<int> UndoAsync(Actor actor, int runId, CancellationToken cancellationToken) =>
        _undo.AddAsync(actor, runId, cancellationToken);

    /// <summary>Approves a run that waits for approval. It continues and sends the batches that it has prepared.</summary>
    /// <exception cref="NotAllowedException">
    /// The actor is neither an administrator nor the owner of the export, or may not run the export.
    /// </exception>
    /// <exception cref="LocalizedException">The run does not wait for approval. The message gives the reason.</exception>
    public Task ApproveAsync(Actor actor, int runId, CancellationToken cancellationToken) =>
        _approvals.ApproveAsync(actor, runId, cancellationToken);

    /// <summary>Rejects a run that waits for approval. It ends and sends nothing.</summary>
    /// <exception cref="NotAllowedException">
    /// The actor is neither an administrator nor the owner of the export, or may not run the export.
    /// </exception>
    /// <exception cref="LocalizedException">The run does not wait for approval. The message gives the reason.</exception>
    public Task RejectAsync(Actor actor, int runId, CancellationToken cancellationToken) =>
        _approvals.RejectAsync(actor, runId, cancellationToken);

    /// <summary>
    /// Cancels a run. A run that is not executing ends at once. An executing run stops within seconds, on any server.
    /// </summary>
    /// <exception cref="NotAllowedException">The actor may not run the export.</exception>
    /// <exception cref="LocalizedException">The run has already ended or does not exist.</exception>
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
            ?? throw new GoneException(new LocalizedMessage("Delivery.RunGone"));
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
        _audit.Add(db, actor, "Exports.RunCanceled", run.Name, run.ExportId, new LocalizedMessage("Exports.OfRun", runId));
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
        // Throw only when the actor's role may not run any export, even on a shared connection. Otherwise the result gives a reason for
        // each export.
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
            // An execution has just started the run. It finds the cancel request in the store.
        }
    }
}
