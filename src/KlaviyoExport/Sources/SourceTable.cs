namespace KlaviyoExport.Sources;

/// <summary>A table or view that profiles, or keys of them, can be read from.</summary>
public sealed record SourceTable(string Name, bool IsView);
