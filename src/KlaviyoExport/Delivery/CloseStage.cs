using System.Linq.Expressions;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Delivery;

/// <summary>Ends a run: adds up the ledger, checks it, purges the payloads. In one transaction; a run is closed or it is not.</summary>
internal sealed class CloseStage(
    IDbContextFactory<AppDb> stores, DeliveredProfiles delivered, SecretProtector secrets, RunJournal journal, RunChangesFeed changes, TimeProvider clock,
    ILogger<CloseStage> logger)
{
    // Handed over at least once, without Klaviyo's word on what became of it.
    private static readonly Expression<Func<Batch, bool>> MayHaveArrived = batch =>
        batch.State == BatchState.Sending || batch.State == BatchState.Sent || (batch.State == BatchState.Prepared && batch.LostJobs > 0);

    /// <summary>All stages are done.</summary>
    public async Task RunAsync(StageContext run, CancellationToken cancel)
    {
        await journal.EnterAsync(run.RunId, Stage.Close, null, cancel);
        await CloseAsync(run.RunId, null, stored => !stored.State.IsFinal(), null, cancel);
    }

    /// <summary>The run stops where it is: cancelled, or failed for good.</summary>
    public async Task StopAsync(int runId, RunState end, Notice outcome, CancellationToken cancel) => await CloseAsync(runId, (end, outcome), run => !run.State.IsFinal(), null, cancel);

    /// <summary>Ends a run that waits for approval and will not get it.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="outcome">How it came to that.</param>
    /// <param name="deed">Adds what is to be stored with it.</param>
    /// <param name="cancel">Leaves everything as it was.</param>
    /// <returns>False when it does not wait any more.</returns>
    public Task<bool> StopWaitingAsync(int runId, Notice outcome, Action<AppDb>? deed, CancellationToken cancel) =>
        CloseAsync(runId, (RunState.Canceled, outcome), run => run.State == RunState.NeedsApproval, deed, cancel);

    /// <summary>Whether a run that has been prepared is to go no further for now. One that somebody wanted to cancel meanwhile is canceled.</summary>
    public async Task<bool> IsHeldUpAsync(int runId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var run = await db.Runs.AsNoTracking().SingleAsync(run => run.Id == runId, cancel);
        changes.Raise(runId);
        if (run is { State: RunState.NeedsApproval, CancelRequestedAt: not null })
            await StopWaitingAsync(runId, new Notice("Delivery.Canceled", run.CancelRequestedBy), null, cancel);
        return run.State == RunState.NeedsApproval;
    }

    private async Task<bool> CloseAsync(int runId, (RunState State, Notice Outcome)? stopped, Func<Run, bool> isToEnd, Action<AppDb>? deed, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var run = await db.Runs.SingleAsync(run => run.Id == runId, cancel);
        if (!isToEnd(run))
            return false;
        deed?.Invoke(db);
        if (run is { Stage: Stage.Prepare, Ledger.Members: 0 })
            await DiscardHalfPreparedAsync(db, runId, cancel);
        if (stopped is not null)
            await RememberUncertainAsync(db, run, cancel);
        await AddUpAsync(db, run, cancel);

        var differing = await ReconcileAsync(db, runId, cancel);
        var (state, outcome) = stopped ?? Warned(EndOf(run), differing);
        if (!run.Ledger.AddsUp)
        {
            Log.LedgerDoesNotAddUp(logger, runId);
            (state, outcome) = (RunState.FailedPermanent, new Notice("Delivery.LedgerDoesNotAddUp"));
        }
        run.MoveTo(state);
        run.Outcome = outcome;
        run.RetryAt = null;
        run.FinishedAt = clock.GetUtcNow();
        journal.Add(db, runId, outcome);
        await db.Set<BatchPayload>().Where(payload => db.Batches.Any(batch => batch.Id == payload.BatchId && batch.RunId == runId)).ExecuteDeleteAsync(cancel);
        await db.Delivered.Where(row => row.LeavingRunId == runId).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeavingRunId, (int?)null), cancel);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        changes.Raise(runId);
        Log.RunEnded(logger, runId, state, run.Ledger.Prepared, run.Ledger.Accepted, run.Ledger.Refused, run.Ledger.Unconfirmed, run.Ledger.Unsent);
        return true;
    }

    /// <summary>A run stopped while it read its members has prepared nothing that counts.</summary>
    private static async Task DiscardHalfPreparedAsync(AppDb db, int runId, CancellationToken cancel)
    {
        await db.Batches.Where(batch => batch.RunId == runId).ExecuteDeleteAsync(cancel);
        await db.Rejections.Where(rejection => rejection.RunId == runId).ExecuteDeleteAsync(cancel);
    }

    /// <summary>What Klaviyo may have put on the list must be known as this export's, or a mirror could never take it off again.</summary>
    private async Task RememberUncertainAsync(AppDb db, Run run, CancellationToken cancel)
    {
        if (run.SyncMode == SyncMode.Full)
            return;
        // One at a time: they are large, and what is remembered is looked up by the same connection.
        foreach (var batchId in await db.Batches.Where(MayHaveArrived).Where(batch => batch.RunId == run.Id).OrderBy(batch => batch.Number).Select(batch => batch.Id).ToListAsync(cancel))
        {
            var payload = await db.Set<BatchPayload>().AsNoTracking().SingleAsync(payload => payload.BatchId == batchId, cancel);
            await delivered.RememberAsync(db, run.ExportId, run.SyncMode, BatchContent.Open(payload.Content, secrets), certain: false, cancel);
        }
    }

    private static async Task AddUpAsync(AppDb db, Run run, CancellationToken cancel)
    {
        var batches = await db.Batches.Where(batch => batch.RunId == run.Id).ToListAsync(cancel);
        var open = batches.Where(batch => batch.State != BatchState.Confirmed).ToLookup(MayHaveArrived.Compile());
        foreach (var batch in open[true])
            batch.Unconfirmed = batch.Prepared - batch.Refused;
        run.Ledger.Accepted = batches.Sum(batch => (long)batch.Accepted);
        run.Ledger.Refused = batches.Sum(batch => (long)batch.Refused);
        run.Ledger.Unconfirmed = batches.Sum(batch => (long)batch.Unconfirmed);
        // Over the cap nothing was put into batches at all.
        run.Ledger.Unsent = batches.Count == 0 ? run.Ledger.Prepared : open[false].Sum(batch => (long)batch.Prepared - batch.Refused);
        run.Ledger.Removed = run.Ledger.Leaving == 0 ? 0
            : run.Ledger.Leaving - await db.Delivered.CountAsync(row => row.LeavingRunId == run.Id, cancel);
    }

    /// <summary>Notes each batch of which Klaviyo counted otherwise than the ledger.</summary>
    /// <returns>How many there are.</returns>
    private async Task<int> ReconcileAsync(AppDb db, int runId, CancellationToken cancel)
    {
        var batches = await db.Batches.Where(batch => batch.RunId == runId && batch.State == BatchState.Confirmed && batch.JobCompleted != null).OrderBy(batch => batch.Number).ToListAsync(cancel);
        var setAside = Reconciliation.SetAside(await db.RunEvents.Where(line => line.RunId == runId).Select(line => line.What).ToListAsync(cancel));
        // What nobody answered for is said already; there the counts of the last job mean nothing.
        var differing = batches.FindAll(batch => batch.Unconfirmed == 0
            && Reconciliation.Differs(batch.Accepted, batch.Refused, setAside.GetValueOrDefault(batch.Number), batch.JobCompleted, batch.JobFailed));
        foreach (var batch in differing)
        {
            Log.BatchDiffers(logger, runId, batch.Number, batch.JobId, batch.Accepted, batch.Refused, batch.JobCompleted, batch.JobFailed);
            journal.Add(db, runId, new Notice("Delivery.BatchDiffers", batch.Number, batch.JobId, batch.Accepted, batch.Refused, batch.JobCompleted, batch.JobFailed));
        }
        return differing.Count;
    }

    private static (RunState, Notice) Warned((RunState State, Notice Outcome) end, int differing) =>
        differing == 0 ? end : (RunState.CompletedWithWarnings, new Notice("Delivery.CountsDiffer", end.Outcome, differing));

    private static (RunState, Notice) EndOf(Run run) => run.Ledger switch
    {
        { Members: 0 } when run.RetriesRunId is not null => (RunState.CompletedWithWarnings, new Notice("Delivery.NobodyToRetry")),
        { Members: 0 } => (RunState.CompletedWithWarnings, new Notice("Delivery.NoMembers")),
        { Prepared: 0, Unchanged: 0 } ledger => (RunState.CompletedWithWarnings, new Notice("Delivery.NobodyDeliverable", ledger.Members)),
        { Refused: 0, Unconfirmed: 0 } ledger => (RunState.Successful, new Notice("Delivery.Successful", ledger.Accepted)),
        { Unconfirmed: 0 } ledger => (RunState.CompletedWithWarnings, new Notice("Delivery.WithRefusals", ledger.Accepted, ledger.Refused)),
        var ledger => (RunState.CompletedWithWarnings, new Notice("Delivery.WithUnconfirmed", ledger.Accepted, ledger.Refused, ledger.Unconfirmed)),
    };
}
