using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Secrets;

/// <summary>Logs names and reasons, but never a secret.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Key Vault secret {Name} could not be read: {Status} {Code}")]
    public static partial void VaultRefused(ILogger logger, string name, int status, string? code);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "No Azure identity is available to read Key Vault")]
    public static partial void VaultNoIdentity(ILogger logger, Exception failed);
}
