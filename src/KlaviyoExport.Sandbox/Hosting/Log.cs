namespace KlaviyoExport.Sandbox.Hosting;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed because of an error in the sandbox.")]
    public static partial void CallFailed(ILogger logger, string method, string path, Exception exception);
}
