using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Overview;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The backlog could not be measured; the next attempt is in fifteen seconds.")]
    public static partial void NotMeasured(ILogger logger, Exception fault);
}
