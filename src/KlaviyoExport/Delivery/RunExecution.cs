using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Delivery;

/// <summary>Takes one run through its stages, from wherever it stands, to an end or to the next try.</summary>
internal sealed class RunExecution(
    IDbContextFactory<AppDb> stores, RunClaims claims, RunContexts contexts, CancelWatch cancels, PrepareStage prepare, SendStage send, ConfirmStage confirm,
    RemoveStage remove, CloseStage close, RunJournal journal, ConnectionHealth health, TimeProvider clock, ILogger<RunExecution> logger)
{
    private readonly IReadOnlyList<(Stage Stage, Func<StageContext, CancellationToken, Task> RunAsync)> _stages =
    [
        (Stage.Prepare, prepare.RunAsync), (Stage.Send, send.RunAsync), (Stage.Confirm, confirm.RunAsync),
        (Stage.Remove, remove.RunAsync), (Stage.Close, close.RunAsync),
    ];

    /// <returns>When to try again; null when the run has ended, or is another execution's.</returns>
    /// <exception cref="OperationCanceledException">The process is stopping; the run goes on at the next start.</exception>
    public async Task<DateTimeOffset?> RunAsync(int runId, CancellationToken stopping)
    {
        if (await FindAsync(runId, stopping) is not { } found || IsAtRest(found))
            return null;
        var claim = await claims.TakeAsync(found, stopping);
        RunClaim.Enter(claim);
        try
        {
            // Now nobody else moves it: where it stands is where it goes on.
            return await FindAsync(runId, stopping) is { } now && !IsAtRest(now) ? await RunAsync(now, claim, stopping) : null;
        }
        catch (RunTakenOverException)
        {
            Log.TakenOver(logger, runId);
            return null;
        }
    }

    private static bool IsAtRest(Run run) => run.State.IsFinal() || run.State == RunState.NeedsApproval;

    private async Task<DateTimeOffset?> RunAsync(Run run, RunClaim claim, CancellationToken stopping)
    {
        using var watch = cancels.Watch(claim, stopping);
        try
        {
            var context = await contexts.ReadAsync(run, watch.Token);
            foreach (var stage in _stages.Where(stage => stage.Stage >= run.Stage))
            {
                await stage.RunAsync(context, watch.Token);
                if (stage.Stage == Stage.Prepare && await close.IsHeldUpAsync(run.Id, stopping))
                    return null;
            }
            await NoteSuccessAsync(context, stopping);
            return null;
        }
        catch (Exception fault) when (watch.IsCancelRequested && fault is not RunTakenOverException && !stopping.IsCancellationRequested)
        {
            return await CancelAsync(run.Id, stopping);
        }
        catch (Exception fault) when (fault is not RunTakenOverException && !stopping.IsCancellationRequested)
        {
            return await claims.IsHeldAsync(claim, stopping) ? await FailAsync(run, fault, stopping) : throw new RunTakenOverException(fault);
        }
    }

    private async Task<DateTimeOffset?> FailAsync(Run run, Exception fault, CancellationToken stopping)
    {
        Log.RunFailed(logger, fault, run.Id);
        // A fault after the end, as in keeping the connection's health, changes nothing about the end.
        var now = await FindAsync(run.Id, stopping);
        if (now is null || now.State.IsFinal())
            return null;
        // Asked for since the last look: nothing is tried again that nobody wants any more.
        if (now.CancelRequestedAt is not null)
            return await CancelAsync(run.Id, stopping);
        var passes = RunFaults.MayPass(fault);
        var forGood = passes ?? RunFaults.ForGood(fault, run.ListId);
        if (RunFaults.IsOfConnection(fault, forGood))
            await health.ExportFailedAsync(run.ExportId, forGood, stopping);
        if (passes is not { } passing)
        {
            await close.StopAsync(run.Id, RunState.FailedPermanent, forGood, stopping);
            return null;
        }
        if (run.Retries >= RunFaults.RetryAfter.Count)
        {
            await close.StopAsync(run.Id, RunState.FailedPermanent, new Notice("Delivery.RetriesSpent", passing), stopping);
            return null;
        }
        return await RetryLaterAsync(run.Id, passing, (fault as KlaviyoUnavailableException)?.RetryAfter, stopping);
    }

    /// <summary>A run that had nothing to tell Klaviyo says nothing of the connection.</summary>
    private async Task NoteSuccessAsync(StageContext context, CancellationToken stopping)
    {
        if (await FindAsync(context.RunId, stopping) is { Ledger: { Prepared: > 0 } or { Leaving: > 0 } })
            await health.WorkedAsync(context.Export.ConnectionId!.Value, stopping);
    }

    /// <param name="asked">How long Klaviyo wants to be left alone; a try before that would be spent in vain.</param>
    private async Task<DateTimeOffset> RetryLaterAsync(int runId, Notice why, TimeSpan? asked, CancellationToken stopping)
    {
        await using var db = await stores.CreateDbContextAsync(stopping);
        var run = await db.Runs.SingleAsync(run => run.Id == runId, stopping);
        if (run.State == RunState.Queued)
            run.MoveTo(RunState.Preparing);
        if (run.State != RunState.FailedRetrying)
            run.MoveTo(RunState.FailedRetrying);
        var pause = RunFaults.RetryAfter[run.Retries];
        var at = clock.GetUtcNow() + (asked > pause ? asked.Value : pause);
        run.Retries++;
        run.RetryAt = at;
        run.Outcome = why;
        journal.Add(db, runId, new Notice("Delivery.WillRetry", why, at));
        await db.SaveChangesAsync(stopping);
        return at;
    }

    private async Task<DateTimeOffset?> CancelAsync(int runId, CancellationToken stopping)
    {
        await close.StopAsync(runId, RunState.Canceled, await CanceledAsync(runId, stopping), stopping);
        return null;
    }

    private async Task<Notice> CanceledAsync(int runId, CancellationToken stopping) =>
        new("Delivery.Canceled", (await FindAsync(runId, stopping))?.CancelRequestedBy);

    private async Task<Run?> FindAsync(int runId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.Runs.AsNoTracking().SingleOrDefaultAsync(run => run.Id == runId, cancel);
    }
}
