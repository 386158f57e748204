namespace KlaviyoExport.Connections;

/// <summary>A connection's key or tokens cannot be used, and only a person can mend that: the message says how.</summary>
public class CredentialsException(LocalizedMessage message) : LocalizedException(message);
