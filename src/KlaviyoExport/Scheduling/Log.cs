using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

internal static partial class Log
{
    [LoggerMessage(3, LogLevel.Warning, "{Count} exports were due while no server was running.")]
    public static partial void Missed(ILogger logger, int count);

    [LoggerMessage(4, LogLevel.Information, "Export {ExportId} is queued by its schedule for {DueAt}.")]
    public static partial void Fired(ILogger logger, int exportId, DateTimeOffset dueAt);

    [LoggerMessage(5, LogLevel.Information, "Export {ExportId} is still running; its schedule skips {DueAt}.")]
    public static partial void SkippedBusy(ILogger logger, int exportId, DateTimeOffset dueAt);

    [LoggerMessage(6, LogLevel.Error, "The schedule of export {ExportId} is not valid ({Code}); the export is not run on a schedule.")]
    public static partial void ScheduleUnusable(ILogger logger, int exportId, string code);

    [LoggerMessage(7, LogLevel.Error, "Export {ExportId} is due but could not be started; the start is retried.")]
    public static partial void NotFired(ILogger logger, Exception fault, int exportId);

    [LoggerMessage(8, LogLevel.Error, "The due exports could not be read; the next attempt is in a minute.")]
    public static partial void LookFailed(ILogger logger, Exception fault);

    [LoggerMessage(9, LogLevel.Information, "Refresh {RefreshId} began with {Count} tasks.")]
    public static partial void RefreshBegan(ILogger logger, int refreshId, int count);

    [LoggerMessage(10, LogLevel.Information, "Refresh {RefreshId} ended.")]
    public static partial void RefreshEnded(ILogger logger, int refreshId);

    [LoggerMessage(11, LogLevel.Warning, "Refresh {RefreshId}: {Kind} {SubjectId} failed with {Code}.")]
    public static partial void TaskFailed(ILogger logger, int refreshId, RefreshTaskKind kind, int subjectId, string code);

    [LoggerMessage(12, LogLevel.Error, "Refresh {RefreshId}: {Kind} {SubjectId} failed with an exception.")]
    public static partial void TaskBroke(ILogger logger, Exception fault, int refreshId, RefreshTaskKind kind, int subjectId);

    [LoggerMessage(13, LogLevel.Error, "The refresh was interrupted by an exception; it resumes in a minute.")]
    public static partial void RefreshInterrupted(ILogger logger, Exception fault);

    [LoggerMessage(14, LogLevel.Warning, "The system refresh of {DueAt} is skipped because another is running.")]
    public static partial void RefreshSkippedBusy(ILogger logger, DateTimeOffset dueAt);

    [LoggerMessage(15, LogLevel.Warning, "The system refresh was due at {DueAt} while no server was running; it starts now.")]
    public static partial void RefreshMissed(ILogger logger, DateTimeOffset dueAt);

    [LoggerMessage(16, LogLevel.Error, "The schedule of the system refresh is not valid ({Code}); the refresh is not run on a schedule.")]
    public static partial void PlanUnusable(ILogger logger, string code);

    [LoggerMessage(18, LogLevel.Error, "The cluster maintenance of this server failed; it is retried.")]
    public static partial void CareFailed(ILogger logger, Exception fault);

    [LoggerMessage(
        19,
        LogLevel.Warning,
        "Refresh {RefreshId}: whether somebody wants it stopped could not be looked up; the next look does it."
    )]
    public static partial void CancelNotLookedUp(ILogger logger, Exception fault, int refreshId);

    [LoggerMessage(20, LogLevel.Error, "The columns of the sources could not be checked; the next attempt is in a minute.")]
    public static partial void ColumnsNotChecked(ILogger logger, Exception fault);
}
