namespace KlaviyoExport.Connections;

/// <summary>The connection's Klaviyo account has no such list.</summary>
public sealed class ListMissingException(LocalizedMessage message) : LocalizedException(message);
