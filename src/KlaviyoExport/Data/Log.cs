using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Data;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "The store is at migration {Migration}; {Count} migrations were applied.")]
    public static partial void Migrated(ILogger logger, string migration, int count);
}
