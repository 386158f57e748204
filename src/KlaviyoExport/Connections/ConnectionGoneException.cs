namespace KlaviyoExport.Connections;

/// <summary>There is no such connection any more.</summary>
public sealed class ConnectionGoneException() : LocalizedException(new LocalizedMessage("Connections.Gone"));
