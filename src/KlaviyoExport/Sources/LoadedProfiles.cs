namespace KlaviyoExport.Sources;

/// <summary>The result of a load.</summary>
internal sealed record LoadedProfiles(IReadOnlyList<Field> Fields, long RowCount, MalformedRows Malformed);
