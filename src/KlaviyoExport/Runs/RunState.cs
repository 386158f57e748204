namespace KlaviyoExport.Runs;

/// <summary>The state of a run. <see cref="RunStates"/> holds the facts about each state and the allowed transitions.</summary>
public enum RunState
{
    Queued,
    Preparing,

    /// <summary>Prepared, and held because it would change a large part of the list. A person must approve or reject it.</summary>
    NeedsApproval,
    Sending,
    Confirming,
    Removing,
    Successful,

    /// <summary>Some profiles were rejected or could not be confirmed. All others are on the list.</summary>
    CompletedWithWarnings,

    /// <summary>Stopped by a temporary fault. The run is resumed at <see cref="Run.RetryAt"/>.</summary>
    FailedRetrying,
    FailedPermanent,
    Canceled,

    /// <summary>Not started, because something the run depends on failed.</summary>
    Skipped,
}
