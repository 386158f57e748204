using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Segments;

/// <summary>Orders segments so that each comes after those that it refers to.</summary>
public static class SegmentOrder
{
    /// <summary>
    /// Returns the segments in an order in which they can be counted. Apart from that, they keep their order. Segments that refer to each
    /// other in a circle are returned too.
    /// </summary>
    public static IReadOnlyList<Segment> Of(IReadOnlyList<Segment> segments)
    {
        var byId = segments.ToDictionary(segment => segment.Id);
        var (ordered, seen) = (new List<Segment>(segments.Count), new HashSet<int>());
        var open = new Stack<(Segment Segment, bool AreOthersDone)>(segments.Reverse().Select(segment => (segment, false)));
        while (open.TryPop(out var next))
        {
            if (next.AreOthersDone)
            {
                ordered.Add(next.Segment);
                continue;
            }
            if (!seen.Add(next.Segment.Id))
                continue;
            open.Push((next.Segment, true));
            foreach (var id in SegmentTree.ReferencesIn(next.Segment.Definition).Reverse())
                if (byId.TryGetValue(id, out var other))
                    open.Push((other, false));
        }
        return ordered;
    }

    /// <summary>Returns the IDs of the segments that a segment refers to directly. Empty when it does not exist.</summary>
    public static async Task<IReadOnlyList<int>> ReferencesAsync(AppDb db, int segmentId, CancellationToken cancellationToken) =>
        await db.Set<Segment>().AsNoTracking().SingleOrDefaultAsync(segment => segment.Id == segmentId, cancellationToken) is { } segment
            ? SegmentTree.ReferencesIn(segment.Definition)
            : [];
}
