namespace KlaviyoExport.Sandbox.Hosting;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed by a fault of the sandbox itself.")]
    public static partial void CallFailed(ILogger logger, string method, string path, Exception exception);
}
