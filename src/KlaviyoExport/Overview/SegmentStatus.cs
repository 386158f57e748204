using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

internal static class SegmentStatus
{
    public static async Task<IEnumerable<StatusRow>> ListAsync(
        AppDb db,
        Actor actor,
        DateTimeOffset? nextRefresh,
        CancellationToken cancellationToken
    )
    {
        var tasks = await RefreshStatus.LatestAsync(db, RefreshTaskKind.Segment, cancellationToken);
        var segments = await db.Set<Segment>()
            .OrderBy(segment => segment.Name)
            .Select(segment => new
            {
                segment.Id,
                segment.Name,
                segment.MemberCount,
                segment.CountedAt,
            })
            .ToListAsync(cancellationToken);
        return segments.Select(segment =>
            RefreshStatus.Row(
                actor,
                RefreshTaskKind.Segment,
                (segment.Id, segment.Name),
                tasks.GetValueOrDefault(segment.Id),
                ByHand(segment.MemberCount, segment.CountedAt),
                nextRefresh
            )
        );
    }

    private static ByHand ByHand(long? members, DateTimeOffset? countedAt) =>
        members is { } count
            ? new(StatusText.Successful, countedAt, count, new LocalizedMessage("Scheduling.Counted", count))
            : new(StatusText.NotStarted, null, null, null);
}
