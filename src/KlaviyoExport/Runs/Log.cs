using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Runs;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "The change feed could not read the store; the next attempt is in a second.")]
    public static partial void LookFailed(ILogger logger, Exception fault);
}
