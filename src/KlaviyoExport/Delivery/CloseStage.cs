using KlaviyoExport.Data;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Delivery;

/// <summary>Ends a run: computes and checks the ledger and deletes the payloads, in one transaction.</summary>
internal sealed class CloseStage(
    IDbContextFactory<AppDb> stores,
    EmailHashes keys,
    SecretProtector secrets,
    RunJournal journal,
    ChangeFeed changes,
    RunTelemetry telemetry,
    TimeProvider clock,
    ILogger<CloseStage> logger
)
{
    /// <summary>Ends a run that has completed all its stages.</summary>
    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        await journal.EnterAsync(run.Claim, Stage.Close, null, cancellationToken);
        await CloseAsync(run.RunId, run.Claim, null, stored => !stored.State.IsFinal(), null, cancellationToken);
    }

    /// <summary>Ends the run of an execution in its current stage, as canceled or failed.</summary>
    /// <exception cref="RunTakenOverException">The execution has lost its claim. Nothing was saved.</exception>
    public Task StopAsync(RunClaim claim, RunState end, RunOutcome outcome, CancellationToken cancellationToken) =>
        CloseAsync(claim.RunId, claim, (end, outcome), run => !run.State.IsFinal(), null, cancellationToken);

    /// <summary>Cancels a run that is not being executed.</summary>
    /// <exception cref="DbUpdateConcurrencyException">An execution has started the run in the meantime. Nothing was saved.</exception>
    public Task StopIdleAsync(int runId, RunOutcome outcome, CancellationToken cancellationToken) =>
        CloseAsync(runId, null, (RunState.Canceled, outcome), run => !run.State.IsFinal(), null, cancellationToken);

    /// <summary>Ends a run that waits for approval and was not approved.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="outcome">Why it was not approved.</param>
    /// <param name="action">Adds further changes to the same transaction.</param>
    /// <param name="cancellationToken">Cancels the operation. Nothing is changed.</param>
    /// <returns>False when the run no longer waits for approval.</returns>
    public Task<bool> StopWaitingAsync(int runId, RunOutcome outcome, Action<AppDb>? action, CancellationToken cancellationToken) =>
        CloseAsync(runId, null, (RunState.Canceled, outcome), run => run.State == RunState.NeedsApproval, action, cancellationToken);

    /// <summary>
    /// Determines whether a prepared run must wait for approval. A run whose cancellation was requested in the meantime is canceled.
    /// </summary>
    public async Task<bool> IsHeldUpAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var run = await db.Set<Run>().AsNoTracking().SingleAsync(run => run.Id == runId, cancellationToken);
        changes.Raise(runId);
        if (run is { State: RunState.NeedsApproval, CancelRequestedAt: not null })
            await StopWaitingAsync(runId, RunOutcome.Canceled(run.CancelRequestedBy), null, cancellationToken);
        return run.State == RunState.NeedsApproval;
    }

    private async Task<bool> CloseAsync(
        int runId,
        RunClaim? claim,
        (RunState State, RunOutcome Outcome)? stopped,
        Func<Run, bool> isToEnd,
        Action<AppDb>? action,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        using var addresses = await keys.LoadAllAsync(cancellationToken);
        await using var transaction = claim is null
            ? new ClaimedTransaction(await db.Database.BeginTransactionAsync(cancellationToken), null)
            : await claim.BeginAsync(db, cancellationToken);
        var run = await db.Set<Run>().SingleAsync(run => run.Id == runId, cancellationToken);
        if (!isToEnd(run))
            return false;
        action?.Invoke(db);
        if (run is { Stage: Stage.Prepare, Ledger.Members: 0 })
            await DiscardHalfPreparedAsync(db, runId, cancellationToken);
        if (stopped is not null)
            await RememberUncertainAsync(db, addresses, run, cancellationToken);
        if (stopped is not null)
            await Memberships.HoldAgainAsync(db, run.ExportId, run.Id, cancellationToken);
        // Prepare has only estimated it.
        if (run.Stage < Stage.Remove)
            run.Ledger.KeptForOthers = 0;
        await AddUpAsync(db, run, stopped?.Outcome.Kind == RunOutcomeKind.OverCap, cancellationToken);

        var differing = await ReconcileAsync(db, runId, cancellationToken);
        var (state, outcome) = stopped ?? EndOf(run, differing);
        if (!run.Ledger.AddsUp || (stopped is null && run.Ledger.Unsettled != 0))
        {
            Log.LedgerDoesNotAddUp(logger, runId);
            (state, outcome) = (RunState.FailedPermanent, RunOutcome.LedgerWrong);
        }
        run.MoveTo(state);
        run.Tell(outcome);
        run.RetryAt = null;
        run.FinishedAt = clock.GetUtcNow();
        journal.Add(db, runId, outcome.Message);
        await db.Set<BatchPayload>()
            .Where(payload => db.Set<Batch>().Any(batch => batch.Id == payload.BatchId && batch.RunId == runId))
            .ExecuteDeleteAsync(cancellationToken);
        await db.Set<RemovedMember>().Where(person => person.RunId == runId && person.IsPlanned).ExecuteDeleteAsync(cancellationToken);
        await Memberships.ForgetMarksAsync(Memberships.Leaving(db, runId), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Raise(runId);
        telemetry.Ended(run);
        Log.RunEnded(
            logger,
            runId,
            state,
            run.Ledger.Prepared,
            run.Ledger.Accepted,
            run.Ledger.Refused,
            run.Ledger.Unconfirmed,
            run.Ledger.Unsent
        );
        return true;
    }

    /// <summary>Deletes the batches and rejections of a run that was stopped while it read its members.</summary>
    private static async Task DiscardHalfPreparedAsync(AppDb db, int runId, CancellationToken cancellationToken)
    {
        await db.Set<Batch>().Where(batch => batch.RunId == runId).ExecuteDeleteAsync(cancellationToken);
        await db.Set<Rejection>().Where(rejection => rejection.RunId == runId).ExecuteDeleteAsync(cancellationToken);
        await db.Set<FieldOutcome>().Where(outcome => outcome.RunId == runId).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Remembers the profiles that Klaviyo may have added to the list, so that they count as members of it.</summary>
    private async Task RememberUncertainAsync(AppDb db, AddressKeys addresses, Run run, CancellationToken cancellationToken)
    {
        // One batch at a time: they are large, and the remembered profiles are written on the same connection.
        foreach (
            var batch in await db.Set<Batch>()
                .Where(Batch.MayHaveArrived)
                .Where(batch => batch.RunId == run.Id)
                .OrderBy(batch => batch.Number)
                .ToListAsync(cancellationToken)
        )
        {
            var payload = await db.Set<BatchPayload>()
                .AsNoTracking()
                .SingleAsync(payload => payload.BatchId == batch.Id, cancellationToken);
            await MembershipWriter.WriteAsync(
                db,
                addresses,
                run.ExportId,
                run.SyncMode,
                BatchContent.Open(payload.Content, secrets),
                batch.Window,
                areCertain: false,
                cancellationToken
            );
        }
    }

    private static async Task AddUpAsync(AppDb db, Run run, bool isOverCap, CancellationToken cancellationToken)
    {
        var batches = await db.Set<Batch>().Where(batch => batch.RunId == run.Id).ToListAsync(cancellationToken);
        var open = batches.Where(batch => batch.State != BatchState.Confirmed).ToLookup(Batch.MayHaveArrived.Compile());
        foreach (var batch in open[true])
            batch.Unconfirmed = batch.Prepared - batch.Refused;
        run.Ledger.Accepted = batches.Sum(batch => (long)batch.Accepted);
        run.Ledger.Refused = batches.Sum(batch => (long)batch.Refused);
        run.Ledger.Unconfirmed = batches.Sum(batch => (long)batch.Unconfirmed);
        run.Ledger.Unsent = open[false].Sum(batch => (long)batch.Prepared - batch.Refused);
        // When the cap is exceeded, the profiles are counted, but only what was sent before is in batches.
        if (isOverCap)
            run.Ledger.Unsent += run.Ledger.Prepared - batches.Sum(batch => (long)batch.Prepared);
    }

    /// <summary>Adds a timeline entry for each batch whose counts in Klaviyo differ from the ledger.</summary>
    /// <returns>The number of such batches.</returns>
    private async Task<int> ReconcileAsync(AppDb db, int runId, CancellationToken cancellationToken)
    {
        var differing = (
            await db.Set<Batch>().Where(batch => batch.RunId == runId).OrderBy(batch => batch.Number).ToListAsync(cancellationToken)
        ).FindAll(batch => batch.Differs);
        foreach (var batch in differing)
        {
            Log.BatchDiffers(logger, runId, batch.Number, batch.JobId, batch.Accepted, batch.Refused, batch.JobCompleted, batch.JobFailed);
            journal.Add(
                db,
                runId,
                new LocalizedMessage(
                    "Delivery.BatchDiffers",
                    batch.Number,
                    batch.JobId,
                    batch.Accepted,
                    batch.Refused,
                    batch.JobCompleted,
                    batch.JobFailed
                )
            );
        }
        return differing.Count;
    }

    private static (RunState, RunOutcome) EndOf(Run run, int differing)
    {
        if (run.UndoesRunId is { } undone)
            return (
                run.Ledger.PutBack == run.Ledger.Returning ? RunState.Successful : RunState.CompletedWithWarnings,
                RunOutcome.Undone(undone, run.Ledger)
            );
        var outcome = RunOutcome
            .Of(run.Ledger, resends: run.RetriesRunId is not null)
            .WithRespected(run.Ledger)
            .WithAudience(run.Ledger)
            .WithLeaving(run.Ledger);
        outcome = differing == 0 ? outcome : outcome.WithDiffering(differing);
        return (outcome.Kind == RunOutcomeKind.Delivered ? RunState.Successful : RunState.CompletedWithWarnings, outcome);
    }
}
