using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Data;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "The store is at migration {Migration}; {Count} migrations were applied.")]
    public static partial void Migrated(ILogger logger, string migration, int count);

    [LoggerMessage(2, LogLevel.Warning, "The regular work of {Service} could not be done; the next attempt is in {Interval}.")]
    public static partial void NotSwept(ILogger logger, Exception fault, string service, TimeSpan interval);

    [LoggerMessage(3, LogLevel.Information, "Another process has rotated the secrets; {Count} values were encrypted again here.")]
    public static partial void KeyFollowed(ILogger logger, long count);

    [LoggerMessage(4, LogLevel.Information, "{Count} files of the data directory were open to other users, and are not any more.")]
    public static partial void MadePrivate(ILogger logger, int count);

    [LoggerMessage(5, LogLevel.Warning, "{Path} is open to other users, and its mode cannot be changed.")]
    public static partial void StaysOpen(ILogger logger, string path, Exception fault);
}
