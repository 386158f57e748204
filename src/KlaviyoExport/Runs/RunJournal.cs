using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Runs;

/// <summary>Writes what a run's page shows while it works: the stage it is in, how far it is, and its timeline.</summary>
internal sealed class RunJournal(IDbContextFactory<AppDb> stores, ChangeFeed changes, TimeProvider clock)
{
    /// <summary>Notes that a stage begins, or goes on after an interruption. In the store before the stage does anything.</summary>
    /// <exception cref="RunTakenOverException">The claim is lost.</exception>
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
        run.StageStartedAt = clock.GetUtcNow();
        run.StartedAt ??= run.StageStartedAt;
        run.RetryAt = null;
        run.Tell(null);
        Add(
            db,
            runId,
            new LocalizedMessage(again ? "Delivery.StageAgain" : "Delivery.StageBegan", new LocalizedMessage($"Delivery.Stage{stage}"))
        );
        await claim.SaveAsync(db, cancellationToken);
        changes.Raise(runId);
    }

    /// <summary>The progress of the stage just entered.</summary>
    public RunProgress Progress(RunClaim claim, long? total) => new(stores, changes, clock, claim, total);

    /// <summary>Adds a line in the caller's context, to be saved with the deed it tells of.</summary>
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
