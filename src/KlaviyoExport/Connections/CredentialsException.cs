namespace KlaviyoExport.Connections;

/// <summary>Thrown when the key or the tokens of a connection cannot be used. A person must correct this; the message says how.</summary>
public class CredentialsException(LocalizedMessage message) : LocalizedException(message);

/// <summary>Thrown when the Key Vault secret of a connection does not exist, may not be read, or contains no key.</summary>
public sealed class KeyVaultSecretException(LocalizedMessage message) : CredentialsException(message);
