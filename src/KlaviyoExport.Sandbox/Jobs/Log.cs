namespace KlaviyoExport.Sandbox.Jobs;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Import job {Job} was canceled because of an error in the sandbox.")]
    public static partial void JobFailed(ILogger logger, string job, Exception exception);
}
