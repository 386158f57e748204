using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Segments;

/// <summary>The number of members of a segment on a day. Of several counts on one UTC day, the last one is kept.</summary>
public sealed class SegmentCount
{
    public int SegmentId { get; set; }

    /// <summary>The UTC day of the count.</summary>
    public DateOnly Day { get; set; }

    public long Members { get; set; }

    /// <summary>Stores a count with the caller's context, which can be in a transaction. It replaces an earlier count of the day.</summary>
    internal static async Task RecordAsync(AppDb db, int segmentId, long members, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        var today = db.Set<SegmentCount>().Where(count => count.SegmentId == segmentId && count.Day == day);
        if (await today.ExecuteUpdateAsync(set => set.SetProperty(count => count.Members, members), cancellationToken) > 0)
            return;
        db.Set<SegmentCount>()
            .Add(
                new SegmentCount
                {
                    SegmentId = segmentId,
                    Day = day,
                    Members = members,
                }
            );
        await db.SaveChangesAsync(cancellationToken);
    }
}
