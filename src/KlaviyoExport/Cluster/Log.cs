using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Cluster;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The lease {Name} was lost; another server continues the work.")]
    public static partial void LeaseLost(ILogger logger, string name);
}
