using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;

namespace KlaviyoExport.Overview;

/// <summary>The status of a source, segment or export, as it is shown to people.</summary>
public enum StatusWord
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
public static class StatusWords
{
    public static StatusWord Of(RunState state) =>
        state switch
        {
            RunState.FailedRetrying => StatusWord.FailedRetrying,
            RunState.CompletedWithWarnings => StatusWord.CompletedWithWarnings,
            RunState.Canceled => StatusWord.Canceled,
            RunState.Skipped => StatusWord.Skipped,
            _ => state.Phase() switch
            {
                RunPhase.Waiting => StatusWord.Queued,
                RunPhase.Working => StatusWord.Processing,
                RunPhase.Held => StatusWord.NeedsApproval,
                RunPhase.Delivered => StatusWord.Successful,
                _ => StatusWord.FailedPermanent,
            },
        };

    /// <summary>A stored task that has not started counts as queued, because tasks are stored only when their refresh begins.</summary>
    public static StatusWord Of(RefreshTaskState state) =>
        state switch
        {
            RefreshTaskState.NotStarted => StatusWord.Queued,
            RefreshTaskState.Processing => StatusWord.Processing,
            RefreshTaskState.Successful => StatusWord.Successful,
            RefreshTaskState.CompletedWithWarnings => StatusWord.CompletedWithWarnings,
            RefreshTaskState.Canceled => StatusWord.Canceled,
            RefreshTaskState.Skipped => StatusWord.Skipped,
            _ => StatusWord.FailedPermanent,
        };
}
