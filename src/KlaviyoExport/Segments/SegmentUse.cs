using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Segments;

/// <summary>Finds who uses a segment, directly or through other segments.</summary>
public sealed class SegmentUse(IEnumerable<FindSegmentUsers> find)
{
    /// <summary>Finds the direct users of a segment: first the segments, then the exports, each by name.</summary>
    internal async Task<IReadOnlyList<SegmentUser>> DirectAsync(AppDb db, Actor actor, int segmentId, CancellationToken cancellationToken)
    {
        var users = (await UsersInAsync(db, segmentId, cancellationToken)).ConvertAll(Of);
        foreach (var one in find)
            users.AddRange(await one(db, actor, segmentId, cancellationToken));
        return users;
    }

    /// <summary>Finds all users of a segment, also those of the segments that refer to it. A change of the segment changes all of them.</summary>
    internal async Task<IReadOnlyList<SegmentUser>> AllAsync(AppDb db, Actor actor, int segmentId, CancellationToken cancellationToken)
    {
        var users = new List<SegmentUser>();
        var open = new Queue<int>([segmentId]);
        var seen = new HashSet<int> { segmentId };
        while (open.TryDequeue(out var id))
        {
            foreach (var user in await DirectAsync(db, actor, id, cancellationToken))
            {
                if (user.Kind == SegmentUserKind.Segment && seen.Add(user.Id))
                    open.Enqueue(user.Id);
                users.Add(user);
            }
        }
        return [.. users.Distinct()];
    }

    private static SegmentUser Of(Segment segment) => new(SegmentUserKind.Segment, segment.Id, segment.Name, MayChange: true);

    /// <summary>The definitions are JSON, so those of the same source are read and searched here.</summary>
    private static async Task<List<Segment>> UsersInAsync(AppDb db, int segmentId, CancellationToken cancellationToken) =>
        (
            await db.Set<Segment>()
                .AsNoTracking()
                .Where(user => db.Set<Segment>().Any(used => used.Id == segmentId && used.SourceId == user.SourceId))
                .OrderBy(user => user.Name)
                .ToListAsync(cancellationToken)
        ).FindAll(user => SegmentTree.ReferencesIn(user.Definition).Contains(segmentId));
}
