namespace KlaviyoExport.Sources;

/// <summary>What a load found.</summary>
internal sealed record LoadedProfiles(IReadOnlyList<Field> Fields, long RowCount, MalformedRows Malformed);
