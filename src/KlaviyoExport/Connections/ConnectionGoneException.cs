namespace KlaviyoExport.Connections;

/// <summary>There is no such connection any more.</summary>
public sealed class ConnectionGoneException() : NoticeException(new Notice("Connections.Gone"));
