using KlaviyoExport.Data;
using KlaviyoExport.People;

namespace KlaviyoExport.Segments;

/// <summary>Finds what is built directly on a segment: exports, and segments that refer to it.</summary>
public delegate Task<IReadOnlyList<SegmentUser>> FindSegmentUsers(
    AppDb db,
    Actor actor,
    int segmentId,
    CancellationToken cancellationToken
);

/// <param name="Kind">Whether the user is an export or a segment.</param>
/// <param name="Id">The ID of the export or segment.</param>
/// <param name="Name">Its name.</param>
/// <param name="MayChange">Whether the actor may change it.</param>
public sealed record SegmentUser(SegmentUserKind Kind, int Id, string Name, bool MayChange);

/// <summary>What can use a segment.</summary>
public enum SegmentUserKind
{
    Export,
    Segment,
}
