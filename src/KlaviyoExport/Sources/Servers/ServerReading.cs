namespace KlaviyoExport.Sources.Servers;

/// <summary>What is being read, for telling what went wrong with it.</summary>
/// <param name="Name">The source's.</param>
/// <param name="Subject">The table or view; before one is known, the source.</param>
internal sealed record ServerReading(string Name, SourceServer Server, int Port, string Subject, TimeSpan Timeout);
