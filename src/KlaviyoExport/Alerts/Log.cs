using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Alerts;

internal static partial class Log
{
    [LoggerMessage(40, LogLevel.Information, "Alerts: {Count} changes of state were noticed.")]
    public static partial void Raised(ILogger logger, int count);

    [LoggerMessage(41, LogLevel.Warning, "Alerts: looking for changes and sending messages was interrupted. It continues in a minute.")]
    public static partial void Interrupted(ILogger logger, Exception fault);

    [LoggerMessage(42, LogLevel.Warning, "Alerts: message {Key} ({Channel}) was not sent at attempt {Attempt}; retry at {At:u}. {Why}")]
    public static partial void NotSent(ILogger logger, string key, OutboxChannel channel, int attempt, DateTimeOffset at, string why);

    [LoggerMessage(43, LogLevel.Error, "Alerts: message {Key} ({Channel}) was not sent after {Attempts} attempts and is given up. {Why}")]
    public static partial void GaveUp(ILogger logger, string key, OutboxChannel channel, int attempts, string why);
}
