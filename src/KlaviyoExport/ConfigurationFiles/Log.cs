using Microsoft.Extensions.Logging;

namespace KlaviyoExport.ConfigurationFiles;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "Applied a configuration file: {Applied} of {Changes} changes.")]
    public static partial void Applied(ILogger logger, int applied, int changes);

    [LoggerMessage(LogLevel.Warning, "A change of a configuration file was not made because the store did not answer.")]
    public static partial void StoreBusy(ILogger logger, Exception fault);
}
