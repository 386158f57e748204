using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Runs;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "What changed could not be looked up; it is tried again in a second.")]
    public static partial void LookFailed(ILogger logger, Exception fault);
}
