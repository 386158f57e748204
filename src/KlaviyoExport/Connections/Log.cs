using KlaviyoExport.Klaviyo;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Connections;

/// <summary>Logs IDs and reasons, but never a key, a token or a state.</summary>
internal static partial class Log
{
    [LoggerMessage(
        EventId = 1,
        Level = LogLevel.Information,
        Message = "Connection {ConnectionId}: tokens refreshed, valid until {ExpiresAt}"
    )]
    public static partial void Refreshed(ILogger logger, int connectionId, DateTimeOffset expiresAt);

    [LoggerMessage(
        EventId = 2,
        Level = LogLevel.Warning,
        Message = "Connection {ConnectionId}: tokens could not be refreshed ({Reason}); the old token is used until it expires"
    )]
    public static partial void RefreshPutOff(ILogger logger, int connectionId, UnavailableReason reason);

    [LoggerMessage(
        EventId = 3,
        Level = LogLevel.Warning,
        Message = "Connection {ConnectionId}: Klaviyo refused to refresh the tokens ({Error})"
    )]
    public static partial void RefreshRefused(ILogger logger, int connectionId, string error);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "A sign-in to Klaviyo could not be revoked ({Reason})")]
    public static partial void NotRevoked(ILogger logger, string reason);

    [LoggerMessage(EventId = 5, Level = LogLevel.Information, Message = "Sign-in to Klaviyo {SignInId} ended with {Outcome}")]
    public static partial void SignInEnded(ILogger logger, int signInId, string outcome);
}
