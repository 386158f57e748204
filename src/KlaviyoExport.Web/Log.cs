namespace KlaviyoExport.Web;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "A page failed with an unexpected exception.")]
    public static partial void PageFailed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "A sign-in with the identity provider failed.")]
    public static partial void ProviderFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        3,
        LogLevel.Warning,
        "The identity provider left a person's groups out of the ID token, because there are too many. Use app roles, or only the groups "
            + "assigned to the application."
    )]
    public static partial void GroupsLeftOut(ILogger logger);

    [LoggerMessage(
        20,
        LogLevel.Warning,
        "A connection was refused, because a page of another site opened it. This site is {Origin}. If people see another address in their "
            + "browser, check Proxy:Addresses and the headers X-Forwarded-Proto and X-Forwarded-Host of the proxy."
    )]
    public static partial void OriginRefused(ILogger logger, string origin);

    [LoggerMessage(21, LogLevel.Warning, "A person has {Most} pages open, and opened another (Circuits:PerPerson).")]
    public static partial void TooManyPages(ILogger logger, int most);

    [LoggerMessage(22, LogLevel.Warning, "A page refused what user {UserId} is not allowed to do.")]
    public static partial void NotAllowed(ILogger logger, string? userId);
}
