using KlaviyoExport.Data;
using KlaviyoExport.Sources.Drift;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Segments;

/// <summary>Tells which tables segments read besides the profiles of their source.</summary>
internal static class MembershipTables
{
    /// <summary>Returns the tables of some definitions, without those of the segments that they refer to.</summary>
    public static IReadOnlyList<TableUse> Of(IEnumerable<SegmentDefinition> definitions) =>
        [.. definitions.OfType<MembershipSegment>().Select(membership => new TableUse(membership.Table, membership.KeyColumns)).Distinct()];

    /// <summary>Returns the tables of all segments of a source.</summary>
    public static async Task<IReadOnlyList<TableUse>> OfSourceAsync(AppDb db, int sourceId, CancellationToken cancellationToken) =>
        Of(
            await db.Set<Segment>()
                .Where(segment => segment.SourceId == sourceId)
                .Select(segment => segment.Definition)
                .ToListAsync(cancellationToken)
        );
}
