using KlaviyoExport.Segments;

namespace KlaviyoExport.Web.Pages.Segments;

/// <summary>The layout of the chart with the members of a segment over time, in units of its SVG view box.</summary>
internal sealed class MembersChart
{
    public const int Width = 720;
    public const int Height = 140;

    // A point at the edge must be visible as a whole.
    private const double Margin = 4;

    public MembersChart(IReadOnlyList<SegmentCount> counts)
    {
        (var first, Most) = (counts[0].Day.DayNumber, Math.Max(1, counts.Max(count => count.Members)));
        var days = Math.Max(1, counts[^1].Day.DayNumber - first);
        Points =
        [
            .. counts.Select(count => new Point(
                count,
                Margin + ((Width - (2 * Margin)) * (count.Day.DayNumber - first) / days),
                Margin + ((Height - (2 * Margin)) * (1 - ((double)count.Members / Most)))
            )),
        ];
    }

    /// <summary>The number of members at the full height of the chart.</summary>
    public long Most { get; }

    public IReadOnlyList<Point> Points { get; }

    /// <summary>A count at its position. The days have equal distances, whether the members were counted or not.</summary>
    public sealed record Point(SegmentCount Count, double X, double Y);
}
