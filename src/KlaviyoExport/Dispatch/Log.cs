using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Dispatch;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Count} runs that had not ended are resumed.")]
    public static partial void Recovered(ILogger logger, int count);

    [LoggerMessage(2, LogLevel.Error, "The failure of run {RunId} could not be stored; the next attempt is in a minute.")]
    public static partial void NotStored(ILogger logger, Exception fault, int runId);

    [LoggerMessage(
        17,
        LogLevel.Error,
        "The schedule of the export of run {RunId} could not be read after the run; the next alarm reads it."
    )]
    public static partial void EndNotFollowed(ILogger logger, Exception fault, int runId);

    [LoggerMessage(
        18,
        LogLevel.Warning,
        "The store did not answer, so the audit does not say that the server is draining, or is not any more."
    )]
    public static partial void DrainNotInAudit(ILogger logger, Exception fault);
}
