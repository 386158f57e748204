namespace KlaviyoExport.Connections;

/// <summary>Thrown when the connection no longer exists.</summary>
public sealed class ConnectionGoneException() : GoneException(new LocalizedMessage("Connections.Gone"));
