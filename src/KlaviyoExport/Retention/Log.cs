using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Retention;

internal static partial class Log
{
    [LoggerMessage(
        31,
        LogLevel.Information,
        "Retention: {Rejections} rejections and differences, {Runs} runs and {Payloads} payloads whose time was over are deleted."
    )]
    public static partial void Purged(ILogger logger, long rejections, int runs, int payloads);

    [LoggerMessage(32, LogLevel.Warning, "Old data could not be deleted; the next attempt is in an hour.")]
    public static partial void NotPurged(ILogger logger, Exception fault);
}
