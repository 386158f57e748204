using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo.Rates;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Runs;

/// <summary>Stores what the page of a run shows during the run: the stage, the progress and the timeline.</summary>
internal sealed class RunJournal(
    IDbContextFactory<AppDb> stores,
    ChangeFeed changes,
    KlaviyoRateLimits limits,
    RunTelemetry telemetry,
    TimeProvider clock
)
{
    /// <summary>Stores that a stage starts, or resumes after an interruption. Call it before the stage does anything.</summary>
    /// <exception cref="RunTakenOverException">The execution has lost its claim.</exception>
    public async Task EnterAsync(RunClaim claim, Stage stage, long? total, CancellationToken cancellationToken)
    {
        var runId = claim.RunId;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var run = await db.Set<Run>().SingleAsync(run => run.Id == runId, cancellationToken);
        var state = StateOf(stage, run.State);
        var again = run.Stage == stage && run.State == state;
        if (run.State != state)
            run.MoveTo(state);
        run.Stage = stage;
        run.Done = 0;
        run.Total = total;
        run.Reading = null;
        run.StageStartedAt = clock.GetUtcNow();
        var isFirst = run.StartedAt is null;
        run.StartedAt ??= run.StageStartedAt;
        run.RetryAt = null;
        run.Tell(null);
        Add(
            db,
            runId,
            new LocalizedMessage(again ? "Delivery.StageAgain" : "Delivery.StageBegan", new LocalizedMessage($"Delivery.Stage{stage}"))
        );
        await claim.SaveAsync(db, cancellationToken);
        if (isFirst)
            telemetry.Started(run);
        changes.Raise(runId);
    }

    /// <summary>Creates the progress of the stage that has just started. Dispose it when the stage ends.</summary>
    /// <param name="claim">The claim of the execution.</param>
    /// <param name="quota">The quota of the run's calls to Klaviyo. See <see cref="Klaviyo.KlaviyoCredential.Quota"/>.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="total">The number of members or profiles of the stage. Null while it is not known.</param>
    public RunProgress Progress(RunClaim claim, string quota, Stage stage, long? total) =>
        new(stores, changes, limits, clock, claim, quota, stage, total);

    /// <summary>Adds a timeline entry to the caller's context, so that it is saved together with the change it describes.</summary>
    public void Add(AppDb db, int runId, LocalizedMessage what) =>
        db.Set<RunEvent>()
            .Add(
                new RunEvent
                {
                    RunId = runId,
                    At = clock.GetUtcNow(),
                    What = what,
                }
            );

    private static RunState StateOf(Stage stage, RunState now) =>
        stage switch
        {
            Stage.Prepare => RunState.Preparing,
            Stage.Send => RunState.Sending,
            Stage.Confirm => RunState.Confirming,
            Stage.Remove => RunState.Removing,
            _ => now == RunState.FailedRetrying ? RunState.Removing : now,
        };
}
