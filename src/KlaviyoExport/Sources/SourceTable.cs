namespace KlaviyoExport.Sources;

/// <summary>A table or view from which profiles or keys can be read.</summary>
public sealed record SourceTable(string Name, bool IsView);
