using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;

namespace KlaviyoExport.Overview;

/// <summary>Where a task of the system stands, in the words people are shown.</summary>
public enum StatusWord
{
    NotStarted,
    Queued,
    Processing,

    /// <summary>Waits until somebody lets it go on.</summary>
    NeedsApproval,
    Successful,
    CompletedWithWarnings,
    FailedRetrying,
    FailedPermanent,
    Canceled,

    /// <summary>Something it depends on failed.</summary>
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

    /// <summary>Tasks are in the store only from the moment their refresh begins: one that has not started waits its turn.</summary>
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
