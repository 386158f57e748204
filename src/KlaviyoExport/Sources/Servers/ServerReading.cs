namespace KlaviyoExport.Sources.Servers;

/// <summary>What is being read, for error messages.</summary>
/// <param name="Name">The name of the source.</param>
/// <param name="Subject">The table or view. The source until the table is known.</param>
/// <param name="Query">The query that is read. Null for a table.</param>
internal sealed record ServerReading(string Name, SourceServer Server, int Port, string Subject, TimeSpan Timeout, string? Query);
