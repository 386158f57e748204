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
}
