namespace KlaviyoExport.Connections;

/// <summary>Thrown when the connection no longer exists.</summary>
public sealed class ConnectionGoneException() : LocalizedException(new LocalizedMessage("Connections.Gone"));
