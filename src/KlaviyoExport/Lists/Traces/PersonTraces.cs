using KlaviyoExport.Runs;

namespace KlaviyoExport.Lists.Traces;

/// <summary>What the store holds about one person.</summary>
/// <param name="Memberships">What the exports know of the person on their lists.</param>
/// <param name="Rejections">The rejections of the person's profiles.</param>
/// <param name="Removed">The runs that have taken the person off a list, as far as that is stored.</param>
/// <param name="Differences">What checks have found.</param>
internal sealed record PersonTraces(
    IReadOnlyList<Membership> Memberships,
    IReadOnlyList<TracedRejection> Rejections,
    IReadOnlyList<TracedRemoval> Removed,
    IReadOnlyList<TracedDifference> Differences
)
{
    /// <summary>The exports that have stored something.</summary>
    public IEnumerable<int> ExportIds =>
        Memberships
            .Select(row => row.ExportId)
            .Concat(Rejections.Select(row => row.ExportId))
            .Concat(Removed.Select(row => row.ExportId))
            .Concat(Differences.Select(row => row.ExportId))
            .Distinct();

    public PersonDataCounts Counts => new(Memberships.Count(row => !row.IsBare), Rejections.Count, Removed.Count, Differences.Count);
}

/// <param name="Email">The decrypted address as in the source.</param>
internal sealed record TracedRejection(int ExportId, Rejection Row, string? Email);

internal sealed record TracedRemoval(int ExportId, RemovedMember Row);

/// <param name="Email">The decrypted address as in the source or in Klaviyo.</param>
internal sealed record TracedDifference(int ExportId, int RunId, ListDifference Row, string? Email);

/// <summary>How much is stored about a person, without what is kept when it is erased.</summary>
public sealed record PersonDataCounts(int Memberships, int Rejections, int Removed, int Differences)
{
    public int Total => Memberships + Rejections + Removed + Differences;
}
