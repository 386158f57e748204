using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;

namespace KlaviyoExport.Overview;

/// <summary>The status of a source, segment or export, as it is shown to people.</summary>
public enum StatusText
{
    NotStarted,
    Queued,
    Processing,

    /// <summary>Waits until a person approves or rejects it.</summary>
    NeedsApproval,
    Successful,
    CompletedWithWarnings,
    FailedRetrying,
    FailedPermanent,
    Canceled,

    /// <summary>Skipped, for example because something it depends on failed.</summary>
    Skipped,
}

/// <summary>Finds the status that is shown for a stored state.</summary>
public static class StatusTexts
{
    public static StatusText Of(RunState state) =>
        state switch
        {
            RunState.FailedRetrying => StatusText.FailedRetrying,
            RunState.CompletedWithWarnings => StatusText.CompletedWithWarnings,
            RunState.Canceled => StatusText.Canceled,
            RunState.Skipped => StatusText.Skipped,
            _ => state.Phase() switch
            {
                RunPhase.Waiting => StatusText.Queued,
                RunPhase.Working => StatusText.Processing,
                RunPhase.Held => StatusText.NeedsApproval,
                RunPhase.Delivered => StatusText.Successful,
                _ => StatusText.FailedPermanent,
            },
        };

    /// <summary>A stored task that has not started counts as queued, because tasks are stored only when their refresh begins.</summary>
    public static StatusText Of(RefreshTaskState state) =>
        state switch
        {
            RefreshTaskState.NotStarted => StatusText.Queued,
            RefreshTaskState.Processing => StatusText.Processing,
            RefreshTaskState.Successful => StatusText.Successful,
            RefreshTaskState.CompletedWithWarnings => StatusText.CompletedWithWarnings,
            RefreshTaskState.Canceled => StatusText.Canceled,
            RefreshTaskState.Skipped => StatusText.Skipped,
            _ => StatusText.FailedPermanent,
        };
}
