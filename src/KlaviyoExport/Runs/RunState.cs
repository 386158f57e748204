namespace KlaviyoExport.Runs;

/// <summary>Where a run stands; see <see cref="RunStates"/> for the moves.</summary>
public enum RunState
{
    Queued,
    Preparing,

    /// <summary>Prepared, and held up because it would change much: waits until somebody approves or rejects it.</summary>
    NeedsApproval,
    Sending,
    Confirming,
    Removing,
    Successful,

    /// <summary>Something was refused or is unconfirmed; the rest is on the list.</summary>
    CompletedWithWarnings,

    /// <summary>Stopped by a fault that may pass; tried again at RetryAt.</summary>
    FailedRetrying,
    FailedPermanent,
    Canceled,

    /// <summary>Something it depends on failed; nothing was tried.</summary>
    Skipped,
}

/// <summary>What started a run.</summary>
public enum RunTrigger
{
    Person,

    /// <summary>The export's own schedule.</summary>
    Schedule,

    /// <summary>The system refresh.</summary>
    Refresh,
}

/// <summary>What a run does, in this order.</summary>
public enum Stage
{
    Prepare,
    Send,
    Confirm,
    Remove,
    Close,
}
