namespace KlaviyoExport.Sandbox.Jobs;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "Import job {Job} was cancelled by a fault of the sandbox itself.")]
    public static partial void JobFailed(ILogger logger, string job, Exception exception);
}
