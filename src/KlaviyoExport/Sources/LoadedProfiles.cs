using KlaviyoExport.Sources.Files;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Sources;

/// <summary>The result of a load.</summary>
internal sealed record LoadedProfiles(IReadOnlyList<Field> Fields, long RowCount, MalformedRows Malformed)
{
    /// <summary>What was repaired in files.</summary>
    public IReadOnlyList<Repair> Repairs { get; init; } = [];

    /// <summary>The files that were read from a store. Null for other kinds.</summary>
    public RemoteLoad? Remote { get; init; }
}
