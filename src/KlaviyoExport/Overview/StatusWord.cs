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

internal static class StatusWords
{
    public static StatusWord Of(RunState state) =>
        state switch
        {
            RunState.Queued => StatusWord.Queued,
            RunState.NeedsApproval => StatusWord.NeedsApproval,
            RunState.Successful => StatusWord.Successful,
            RunState.CompletedWithWarnings => StatusWord.CompletedWithWarnings,
            RunState.FailedRetrying => StatusWord.FailedRetrying,
            RunState.FailedPermanent => StatusWord.FailedPermanent,
            RunState.Canceled => StatusWord.Canceled,
            RunState.Skipped => StatusWord.Skipped,
            _ => StatusWord.Processing,
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
