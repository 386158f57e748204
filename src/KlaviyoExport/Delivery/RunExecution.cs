using System.Diagnostics;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using KlaviyoExport.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Delivery;

/// <summary>Executes a run: takes it through its stages, from the stored stage to its end or to the next retry.</summary>
internal sealed class RunExecution(
    IDbContextFactory<AppDb> stores,
    RunClaims claims,
    RunContexts contexts,
    CancelWatch cancels,
    PrepareStage prepare,
    SendStage send,
    ConfirmStage confirm,
    RemoveStage remove,
    UndoPrepareStage prepareUndo,
    UndoStage undo,
    CloseStage close,
    RunJournal journal,
    ConnectionHealth health,
    RunTelemetry telemetry,
    IOptions<DeliveryOptions> options,
    TimeProvider clock,
    ILogger<RunExecution> logger
)
{
    private readonly IReadOnlyList<TimeSpan> _retryAfter = options.Value.RetryPauses;

    private readonly IReadOnlyList<(Stage Stage, Func<StageContext, CancellationToken, Task> RunAsync)> _stages =
    [
        (Stage.Prepare, prepare.RunAsync),
        (Stage.Send, send.RunAsync),
        (Stage.Confirm, confirm.RunAsync),
        (Stage.Remove, remove.RunAsync),
        (Stage.Close, close.RunAsync),
    ];

    private readonly IReadOnlyList<(Stage Stage, Func<StageContext, CancellationToken, Task> RunAsync)> _undoing =
    [
        (Stage.Prepare, prepareUndo.RunAsync),
        (Stage.Remove, undo.RunAsync),
        (Stage.Close, close.RunAsync),
    ];

    /// <returns>When to retry. Null when the run has ended or another execution has taken it over.</returns>
    /// <exception cref="OperationCanceledException">The process is stopping. The run resumes at the next start.</exception>
    public async Task<DateTimeOffset?> RunAsync(int runId, CancellationToken cancellationToken)
    {
        if (await FindAsync(runId, cancellationToken) is not { } found || found.State.IsAtRest())
            return null;
        using var scope = Log.BeginRun(logger, runId, found.ExportId);
        using var span = RunTelemetry.Begin(found);
        var claim = await claims.TakeAsync(found, cancellationToken);
        try
        {
            // The claim is held; resume from the stored stage.
            return await FindAsync(runId, cancellationToken) is { } now && !now.State.IsAtRest()
                ? await RunAsync(now, claim, cancellationToken)
                : null;
        }
        catch (RunTakenOverException)
        {
            Log.TakenOver(logger, runId);
            return null;
        }
        catch (Exception fault) when (fault is not OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            // A fault that came just before the stop. The next start goes on from what is stored.
            throw new OperationCanceledException($"Run {runId} was interrupted.", fault, cancellationToken);
        }
    }

    private async Task<DateTimeOffset?> RunAsync(Run run, RunClaim claim, CancellationToken cancellationToken)
    {
        using var watch = cancels.Watch(claim, cancellationToken);
        try
        {
            var context = new StageContext(await contexts.ReadAsync(run, watch.Token), claim);
            try
            {
                foreach (var stage in (run.UndoesRunId is null ? _stages : _undoing).Where(stage => stage.Stage >= run.Stage))
                {
                    await RunAsync(stage, context, watch.Token);
                    if (stage.Stage == Stage.Prepare && await close.IsHeldUpAsync(run.Id, cancellationToken))
                        return null;
                }
            }
            finally
            {
                // Nothing of the run may be under way when its end is stored.
                if (context.Flow is { } flow)
                    await flow.DisposeAsync();
            }
            await NoteSuccessAsync(context, cancellationToken);
            return null;
        }
        catch (Exception fault)
            when (watch.IsCancelRequested && fault is not RunTakenOverException && !cancellationToken.IsCancellationRequested)
        {
            return await CancelAsync(claim, cancellationToken);
        }
        catch (Exception fault) when (fault is not RunTakenOverException && !cancellationToken.IsCancellationRequested)
        {
            return await claims.IsHeldAsync(claim, cancellationToken)
                ? await FailAsync(run, claim, fault, cancellationToken)
                : throw new RunTakenOverException(fault);
        }
    }

    private static async Task RunAsync(
        (Stage Stage, Func<StageContext, CancellationToken, Task> RunAsync) stage,
        StageContext context,
        CancellationToken cancellationToken
    )
    {
        using var span = context.Span = RunTelemetry.Begin(stage.Stage, context.RunId, context.Export.Id);
        try
        {
            await stage.RunAsync(context, cancellationToken);
        }
        catch (Exception fault)
        {
            RunTelemetry.Failed(span, fault);
            throw;
        }
    }

    private async Task<DateTimeOffset?> FailAsync(Run run, RunClaim claim, Exception fault, CancellationToken cancellationToken)
    {
        Log.RunFailed(logger, fault, run.Id);
        RunTelemetry.Failed(Activity.Current, fault);
        // A fault after the end, for example while the health of the connection is stored, does not change the result.
        var now = await FindAsync(run.Id, cancellationToken);
        if (now is null || now.State.IsFinal())
            return null;
        // The run was canceled in the meantime, so it is not retried.
        if (now.CancelRequestedAt is not null)
            return await CancelAsync(claim, cancellationToken);
        var stopped = RunFault.Of(fault, run.ListId);
        var isRetried = stopped.IsTransient && run.Retries < _retryAfter.Count;
        if (stopped.IsOfConnection && await ConnectionOfAsync(run.ExportId, cancellationToken) is { } connectionId)
            await health.FailedAsync(
                connectionId,
                stopped.Outcome.Message,
                isRetried ? ConnectionErrorKind.Passing : KindOf(fault),
                stopped.Outcome.Kind == RunOutcomeKind.ExportUser,
                cancellationToken
            );
        if (!stopped.IsTransient)
        {
            await close.StopAsync(claim, RunState.FailedPermanent, stopped.Outcome, cancellationToken);
            return null;
        }
        if (!isRetried)
        {
            await close.StopAsync(claim, RunState.FailedPermanent, SpentOn(stopped.Outcome), cancellationToken);
            return null;
        }
        return await RetryLaterAsync(claim, stopped.Outcome, (fault as KlaviyoUnavailableException)?.RetryAfter, cancellationToken);
    }

    private static ConnectionErrorKind KindOf(Exception fault) =>
        fault is SecretException or SecretUnavailableException ? ConnectionErrorKind.KeyVault : ConnectionErrorKind.Lasting;

    private static RunOutcome SpentOn(RunOutcome passing) =>
        new(RunOutcomeKind.RetriesSpent, new LocalizedMessage("Delivery.RetriesSpent", passing.Message));

    /// <summary>A run that sent no request to Klaviyo does not change the health of the connection.</summary>
    private async Task NoteSuccessAsync(StageContext context, CancellationToken cancellationToken)
    {
        if (await FindAsync(context.RunId, cancellationToken) is { Ledger: { Prepared: > 0 } or { Leaving: > 0 } or { Returning: > 0 } })
            await health.WorkedAsync(context.Export.ConnectionId!.Value, cancellationToken);
    }

    /// <param name="asked">The pause that Klaviyo asked for. An earlier retry would fail.</param>
    private async Task<DateTimeOffset> RetryLaterAsync(RunClaim claim, RunOutcome why, TimeSpan? asked, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var run = await db.Set<Run>().SingleAsync(run => run.Id == claim.RunId, cancellationToken);
        if (run.State == RunState.Queued)
            run.MoveTo(RunState.Preparing);
        if (run.State != RunState.FailedRetrying)
            run.MoveTo(RunState.FailedRetrying);
        var pause = _retryAfter[run.Retries];
        var at = clock.GetUtcNow() + (asked > pause ? asked.Value : pause);
        run.Retries++;
        run.RetryAt = at;
        run.Tell(why);
        journal.Add(db, run.Id, new LocalizedMessage("Delivery.WillRetry", why.Message, at));
        await claim.SaveAsync(db, cancellationToken);
        telemetry.WillRetry();
        return at;
    }

    private async Task<DateTimeOffset?> CancelAsync(RunClaim claim, CancellationToken cancellationToken)
    {
        await close.StopAsync(claim, RunState.Canceled, await CanceledAsync(claim.RunId, cancellationToken), cancellationToken);
        return null;
    }

    private async Task<RunOutcome> CanceledAsync(int runId, CancellationToken cancellationToken) =>
        RunOutcome.Canceled((await FindAsync(runId, cancellationToken))?.CancelRequestedBy);

    private async Task<int?> ConnectionOfAsync(int exportId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Export>()
            .Where(export => export.Id == exportId)
            .Select(export => export.ConnectionId)
            .SingleOrDefaultAsync(cancellationToken);
    }

    private async Task<Run?> FindAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(run => run.Id == runId, cancellationToken);
    }
}
