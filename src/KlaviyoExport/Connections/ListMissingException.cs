namespace KlaviyoExport.Connections;

/// <summary>Thrown when the Klaviyo account of the connection has no such list.</summary>
public sealed class ListMissingException(LocalizedMessage message) : LocalizedException(message);
