namespace KlaviyoExport.Runs;

/// <summary>The facts about each state of a run, and the transition table. Every transition goes through <see cref="MoveTo"/>.</summary>
public static class RunStates
{
    private static readonly RunState[] WorkingStates = [RunState.Preparing, RunState.Sending, RunState.Confirming, RunState.Removing];

    private static readonly RunState[] Ends =
    [
        RunState.Successful,
        RunState.CompletedWithWarnings,
        RunState.FailedRetrying,
        RunState.FailedPermanent,
        RunState.Canceled,
    ];

    private static readonly Dictionary<RunState, Facts> Table = new()
    {
        [RunState.Queued] = new(
            RunPhase.Waiting,
            RunUrgency.InProgress,
            [RunState.Preparing, RunState.Sending, RunState.Canceled, RunState.Skipped, RunState.FailedPermanent]
        ),
        // A run that undoes another one sends nothing: it goes from Preparing to Removing.
        [RunState.Preparing] = new(
            RunPhase.Working,
            RunUrgency.InProgress,
            [RunState.Sending, RunState.Removing, RunState.NeedsApproval, .. Ends]
        ),
        // An approved run waits for its account again and then continues with the Send stage.
        [RunState.NeedsApproval] = new(
            RunPhase.Held,
            RunUrgency.Unresolved,
            [RunState.Queued, RunState.Canceled, RunState.FailedPermanent]
        ),
        [RunState.Sending] = new(RunPhase.Working, RunUrgency.InProgress, [RunState.Confirming, .. Ends]),
        [RunState.Confirming] = new(RunPhase.Working, RunUrgency.InProgress, [RunState.Removing, .. Ends]),
        [RunState.Removing] = new(RunPhase.Working, RunUrgency.InProgress, Ends),
        [RunState.FailedRetrying] = new(
            RunPhase.Waiting,
            RunUrgency.Unresolved,
            [.. WorkingStates, RunState.Canceled, RunState.FailedPermanent]
        ),
        [RunState.Successful] = new(RunPhase.Delivered, RunUrgency.Successful, []),
        [RunState.CompletedWithWarnings] = new(RunPhase.Delivered, RunUrgency.Warning, []),
        [RunState.FailedPermanent] = new(RunPhase.NotDelivered, RunUrgency.Failed, []),
        [RunState.Canceled] = new(RunPhase.NotDelivered, RunUrgency.Canceled, []),
        [RunState.Skipped] = new(RunPhase.NotDelivered, RunUrgency.Skipped, []),
    };

    public static RunPhase Phase(this RunState state) => Table[state].Phase;

    public static RunUrgency Urgency(this RunState state) => Table[state].Urgency;

    /// <summary>Whether a run has ended and cannot change any more.</summary>
    public static bool IsFinal(this RunState state) => state.Phase() is RunPhase.Delivered or RunPhase.NotDelivered;

    /// <summary>Whether a run has ended, or waits for a person's decision.</summary>
    public static bool IsAtRest(this RunState state) => state.IsFinal() || state.Phase() == RunPhase.Held;

    public static bool CanMoveTo(this RunState from, RunState to) => Table[from].Next.Contains(to);

    /// <summary>Returns the states in the given phases, for use in a query.</summary>
    public static RunState[] In(params RunPhase[] phases) => [.. Table.Keys.Where(state => phases.Contains(state.Phase()))];

    /// <summary>Moves a run to another state. A run that ends no longer counts as the active run of its export.</summary>
    /// <exception cref="InvalidOperationException">The transition is not allowed.</exception>
    public static void MoveTo(this Run run, RunState to)
    {
        if (!run.State.CanMoveTo(to))
            throw new InvalidOperationException($"Run {run.Id} cannot go from {run.State} to {to}.");
        run.State = to;
        run.Reading = null;
        if (to.IsFinal())
            run.ActiveExportId = null;
    }

    /// <param name="Next">The states a run may move to.</param>
    private sealed record Facts(RunPhase Phase, RunUrgency Urgency, RunState[] Next);
}
