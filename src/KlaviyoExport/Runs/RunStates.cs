namespace KlaviyoExport.Runs;

/// <summary>The one transition table of a run; every move goes through <see cref="MoveTo"/>.</summary>
public static class RunStates
{
    private static readonly RunState[] Working = [RunState.Preparing, RunState.Sending, RunState.Confirming, RunState.Removing];

    private static readonly RunState[] Ends =
    [
        RunState.Successful,
        RunState.CompletedWithWarnings,
        RunState.FailedRetrying,
        RunState.FailedPermanent,
        RunState.Canceled,
    ];

    private static readonly Dictionary<RunState, RunState[]> Moves = new()
    {
        [RunState.Queued] = [RunState.Preparing, RunState.Sending, RunState.Canceled, RunState.Skipped, RunState.FailedPermanent],
        [RunState.Preparing] = [RunState.Sending, RunState.NeedsApproval, .. Ends],
        // Approved, it queues for its account again, and goes on with Send.
        [RunState.NeedsApproval] = [RunState.Queued, RunState.Canceled, RunState.FailedPermanent],
        [RunState.Sending] = [RunState.Confirming, .. Ends],
        [RunState.Confirming] = [RunState.Removing, .. Ends],
        [RunState.Removing] = [.. Ends],
        [RunState.FailedRetrying] = [.. Working, RunState.Canceled, RunState.FailedPermanent],
        [RunState.Successful] = [],
        [RunState.CompletedWithWarnings] = [],
        [RunState.FailedPermanent] = [],
        [RunState.Canceled] = [],
        [RunState.Skipped] = [],
    };

    /// <summary>Whether a run can still change.</summary>
    public static bool IsFinal(this RunState state) => Moves[state].Length == 0;

    public static bool CanMoveTo(this RunState from, RunState to) => Moves[from].Contains(to);

    /// <exception cref="InvalidOperationException">The table has no such move.</exception>
    public static void MoveTo(this Run run, RunState to)
    {
        if (!run.State.CanMoveTo(to))
            throw new InvalidOperationException($"Run {run.Id} cannot go from {run.State} to {to}.");
        run.State = to;
        if (to.IsFinal())
            run.ActiveExportId = null;
    }
}
