using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>How far a step of a run is. The steps of a run may overlap.</summary>
/// <param name="Stage">The stage that the step is named after. In <see cref="Stage.Prepare"/>, members are read.</param>
/// <param name="Done">The number of members read, or of profiles sent, confirmed or removed.</param>
/// <param name="Total">The number expected. While members are read, the number of all members. Null while it is not known.</param>
/// <param name="Rate">Profiles per second in the recent past. Null when it cannot be told, or nothing moves.</param>
public sealed record RunStep(Stage Stage, long Done, long? Total, double? Rate)
{
    /// <summary>Whether everything was done.</summary>
    public bool IsComplete => Done >= Total;
}

/// <summary>Determines how far the steps of a run are.</summary>
internal static class RunSteps
{
    /// <returns>The steps in their order. Empty when the run is not being executed.</returns>
    public static IReadOnlyList<RunStep> Of(RunFacts run, IReadOnlyList<BatchFacts> batches, DateTimeOffset now)
    {
        if (run.State.Phase() != RunPhase.Working)
            return [];
        var rates = run.ReadingAt(now)?.Rates;
        var isReading = run.IsReading;
        var prepared = batches.Sum(batch => (long)batch.Prepared);
        var steps = new List<RunStep>();
        if (run.UndoesRunId is null)
        {
            steps.Add(Step(Stage.Prepare, run.Ledger.Members, isReading ? run.Total : run.Ledger.Members));
            var total = isReading ? run.Total : (run.Stage is Stage.Send or Stage.Confirm ? run.Total : null) ?? prepared;
            steps.Add(Step(Stage.Send, SumOf(BatchState.Sent), total));
            steps.Add(Step(Stage.Confirm, SumOf(BatchState.Confirmed), total));
        }
        if (run.Stage == Stage.Remove || (run.Stage < Stage.Remove && Removals(run) > 0))
            steps.Add(Step(Stage.Remove, 0, run.Stage == Stage.Remove ? run.Total : Removals(run)));
        return steps;

        // The progress of the current stage includes batches of which only a part is done.
        RunStep Step(Stage step, long counted, long? total)
        {
            var done = run.Stage == step ? Math.Max(counted, run.Done) : counted;
            return new(step, total < done ? total.Value : done, total, rates?.TryGetValue(step, out var rate) == true ? rate : null);
        }

        long SumOf(BatchState least) => batches.Where(batch => batch.State >= least).Sum(batch => (long)batch.Prepared);
    }

    private static long Removals(RunFacts run) =>
        run.UndoesRunId is not null ? run.Ledger.Leaving + run.Ledger.Returning
        : run.SyncMode == SyncMode.Mirror ? run.Ledger.Leaving - run.Ledger.KeptForOthers
        : 0;
}
