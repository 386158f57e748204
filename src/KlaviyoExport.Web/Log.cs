namespace KlaviyoExport.Web;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "A page failed at something nobody foresaw.")]
    public static partial void PageFailed(ILogger logger, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "A sign-in with the identity provider failed.")]
    public static partial void ProviderFailed(ILogger logger, Exception exception);
}
