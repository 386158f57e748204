using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

internal static partial class Log
{
    [LoggerMessage(3, LogLevel.Warning, "{Count} exports were due while the product was down.")]
    public static partial void Missed(ILogger logger, int count);

    [LoggerMessage(4, LogLevel.Information, "Export {ExportId} is queued by its schedule of {DueAt}.")]
    public static partial void Fired(ILogger logger, int exportId, DateTimeOffset dueAt);

    [LoggerMessage(5, LogLevel.Information, "Export {ExportId} still runs, so its time {DueAt} is left out, as set.")]
    public static partial void SkippedBusy(ILogger logger, int exportId, DateTimeOffset dueAt);

    [LoggerMessage(6, LogLevel.Error, "The schedule of export {ExportId} cannot be used ({Code}); it does not run by itself.")]
    public static partial void ScheduleUnusable(ILogger logger, int exportId, string code);

    [LoggerMessage(7, LogLevel.Error, "Export {ExportId} is due and could not be started; it is tried again.")]
    public static partial void NotFired(ILogger logger, Exception fault, int exportId);

    [LoggerMessage(8, LogLevel.Error, "What is due could not be looked up; it is tried again in a minute.")]
    public static partial void LookFailed(ILogger logger, Exception fault);

    [LoggerMessage(9, LogLevel.Information, "Refresh {RefreshId} began with {Count} tasks.")]
    public static partial void RefreshBegan(ILogger logger, int refreshId, int count);

    [LoggerMessage(10, LogLevel.Information, "Refresh {RefreshId} ended.")]
    public static partial void RefreshEnded(ILogger logger, int refreshId);

    [LoggerMessage(11, LogLevel.Warning, "Refresh {RefreshId}: {Kind} {SubjectId} failed with {Code}.")]
    public static partial void TaskFailed(ILogger logger, int refreshId, RefreshTaskKind kind, int subjectId, string code);

    [LoggerMessage(12, LogLevel.Error, "Refresh {RefreshId}: {Kind} {SubjectId} met a fault.")]
    public static partial void TaskBroke(ILogger logger, Exception fault, int refreshId, RefreshTaskKind kind, int subjectId);

    [LoggerMessage(13, LogLevel.Error, "The refresh was interrupted by a fault; it goes on in a minute.")]
    public static partial void RefreshInterrupted(ILogger logger, Exception fault);

    [LoggerMessage(14, LogLevel.Warning, "The system refresh of {DueAt} is left out: another is under way.")]
    public static partial void RefreshSkippedBusy(ILogger logger, DateTimeOffset dueAt);

    [LoggerMessage(15, LogLevel.Warning, "The system refresh was due at {DueAt} while the product was down; it is made up for now.")]
    public static partial void RefreshMissed(ILogger logger, DateTimeOffset dueAt);

    [LoggerMessage(16, LogLevel.Error, "The plan of the system refresh cannot be used ({Code}); it does not happen by itself.")]
    public static partial void PlanUnusable(ILogger logger, string code);

    [LoggerMessage(18, LogLevel.Error, "This machine could not say that it lives, or not look after what others left; it tries again.")]
    public static partial void CareFailed(ILogger logger, Exception fault);

    [LoggerMessage(
        19,
        LogLevel.Warning,
        "Refresh {RefreshId}: whether somebody wants it stopped could not be looked up; the next look does it."
    )]
    public static partial void CancelNotLookedUp(ILogger logger, Exception fault, int refreshId);
}
