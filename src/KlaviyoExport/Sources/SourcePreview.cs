using KlaviyoExport.Sources.Files;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Sources;

/// <summary>The result of testing a draft, based on the first rows.</summary>
/// <param name="Tables">The tables of a database. Empty for CSV.</param>
/// <param name="Fields">Empty for a database without a chosen table.</param>
/// <param name="Rows">Up to ten rows, with values in the order of the fields.</param>
/// <param name="Malformed">The malformed rows among the tested ones.</param>
/// <param name="LikelyKey">The fields that are most likely the key. Empty when none are.</param>
public sealed record SourcePreview(
    IReadOnlyList<SourceTable> Tables,
    IReadOnlyList<Field> Fields,
    IReadOnlyList<IReadOnlyList<string?>> Rows,
    IReadOnlyList<MalformedRow> Malformed,
    IReadOnlyList<string> LikelyKey
)
{
    /// <summary>The fields whose values are email addresses in all shown rows.</summary>
    public IReadOnlyList<string> Addresses =>
        [.. Fields.Where((_, place) => Sources.LikelyKey.AreAddresses(Rows.Select(row => row[place]))).Select(shown => shown.Name)];

    /// <summary>Returns the preview with some of the fields only. Null for all.</summary>
    public SourcePreview Only(IReadOnlyCollection<string>? kept)
    {
        if (kept is null)
            return this;
        var places = Fields.Index().Where(one => kept.Contains(one.Item.Name)).Select(one => one.Index).ToList();
        return this with { Fields = places.ConvertAll(i => Fields[i]), Rows = [.. Rows.Select(row => places.ConvertAll(i => row[i]))] };
    }

    /// <summary>What was found out about the file. Null for a database.</summary>
    public FileFindings? Findings { get; init; }

    /// <summary>The files that were found in a store. Null for other kinds.</summary>
    public RemoteFindings? Remote { get; init; }

    /// <summary>
    /// The fingerprint of the key of an SFTP server, which a person must confirm before anything else is sent to it. Otherwise null.
    /// </summary>
    public string? HostKey { get; init; }

    /// <summary>What was repaired among the tested rows of a file.</summary>
    public IReadOnlyList<Repair> Repairs { get; init; } = [];
}
