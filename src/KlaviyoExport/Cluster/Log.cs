using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Cluster;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The lease {Name} was lost; another machine goes on with that work.")]
    public static partial void LeaseLost(ILogger logger, string name);
}
