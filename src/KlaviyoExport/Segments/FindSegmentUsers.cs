using KlaviyoExport.Data;
using KlaviyoExport.People;

namespace KlaviyoExport.Segments;

/// <summary>Finds what the rooms above have built on a segment. A change of the segment changes all of it.</summary>
public delegate Task<IReadOnlyList<SegmentUser>> FindSegmentUsers(
    AppDb db,
    Actor actor,
    int segmentId,
    CancellationToken cancellationToken
);

/// <param name="MayChange">Whether the actor may change it.</param>
public sealed record SegmentUser(string Name, bool MayChange);
