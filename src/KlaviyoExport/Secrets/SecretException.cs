namespace KlaviyoExport.Secrets;

/// <summary>
/// Thrown when a secret is missing, may not be read or cannot be used. A person must correct this; the message says how.
/// </summary>
public sealed class SecretException(LocalizedMessage message) : LocalizedException(message);

/// <summary>Thrown when the vault of secrets cannot be reached at the moment. The work can be retried later.</summary>
public sealed class SecretUnavailableException(LocalizedMessage message) : LocalizedException(message);
