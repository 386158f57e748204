using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Dispatch;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Count} runs that had not ended go on.")]
    public static partial void Recovered(ILogger logger, int count);

    [LoggerMessage(2, LogLevel.Error, "The failure of run {RunId} could not be stored; it is tried again in a minute.")]
    public static partial void NotStored(ILogger logger, Exception fault, int runId);

    [LoggerMessage(17, LogLevel.Error, "After run {RunId} its export's schedule could not be looked up; the next look does it.")]
    public static partial void EndNotFollowed(ILogger logger, Exception fault, int runId);

    [LoggerMessage(32, LogLevel.Warning, "Runs that wait for approval could not be looked through; the next hour tries again.")]
    public static partial void ApprovalsNotSwept(ILogger logger, Exception fault);
}
