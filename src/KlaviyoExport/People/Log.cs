using Microsoft.Extensions.Logging;

namespace KlaviyoExport.People;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "Audit entries are not sealed: {Fault} Run the command check.")]
    public static partial void NotSealed(ILogger logger, string fault);

    [LoggerMessage(2, LogLevel.Warning, "Audit entries could not be sealed yet; it is tried again within seconds, or at the next start.")]
    public static partial void SealingInterrupted(ILogger logger, Exception fault);

    [LoggerMessage(3, LogLevel.Error, "The audit was changed by something else than the product: {Fault} Run the command check.")]
    public static partial void AuditChanged(ILogger logger, string fault);

    [LoggerMessage(4, LogLevel.Information, "Retention: {Count} audit entries were removed.")]
    public static partial void AuditPruned(ILogger logger, long count);
}
