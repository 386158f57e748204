using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.Sources;

/// <summary>The result of a load.</summary>
internal sealed record LoadedProfiles(IReadOnlyList<Field> Fields, long RowCount, MalformedRows Malformed)
{
    /// <summary>What was repaired in files.</summary>
    public IReadOnlyList<Repair> Repairs { get; init; } = [];
}
