using System.Net;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// The log messages of this folder. They contain endpoint names, counts and reasons, and never a key, a URL or an email address.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(
        EventId = 1,
        Level = LogLevel.Information,
        Message = "Klaviyo {Endpoint}: attempt {Try} of {Tries} in {Delay} ({Reason}, status {Status})"
    )]
    public static partial void TryingAgain(
        ILogger logger,
        string endpoint,
        int @try,
        int tries,
        TimeSpan delay,
        UnavailableReason? reason,
        HttpStatusCode? status
    );

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Klaviyo {Endpoint}: unavailable, {Reason}, last status {Status}")]
    public static partial void Unavailable(ILogger logger, string endpoint, UnavailableReason reason, int? status);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Klaviyo {Endpoint}: rate limited by Klaviyo, no calls for {Wait}")]
    public static partial void RateLimited(ILogger logger, string endpoint, TimeSpan wait);
}
