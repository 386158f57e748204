namespace KlaviyoExport.Connections;

/// <summary>Thrown when the key or the tokens of a connection cannot be used. A person must correct this; the message says how.</summary>
public sealed class CredentialsException(LocalizedMessage message) : LocalizedException(message);
