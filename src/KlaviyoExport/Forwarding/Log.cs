using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Forwarding;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The audit could not be forwarded to {Target} and is retried: {Fault}")]
    public static partial void NotForwarded(ILogger logger, string target, string fault);
}
