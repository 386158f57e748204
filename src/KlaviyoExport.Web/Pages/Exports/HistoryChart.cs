using KlaviyoExport.Overview;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>The last runs of an export laid out as bars, in the units of the picture; each run has a column of its own.</summary>
internal sealed class HistoryChart
{
    public const int Width = 720;
    public const int CountsHeight = 140;
    public const int DurationHeight = 60;

    // As many columns as are asked for, so that a young export has thin bars at the left rather than a few huge ones.
    private const int Columns = 30;

    public HistoryChart(IReadOnlyList<RunPoint> points)
    {
        MostCounted = Math.Max(1, points.Count == 0 ? 1 : points.Max(point => point.Accepted + point.Refused));
        Longest = points.Select(point => point.Duration ?? TimeSpan.Zero).DefaultIfEmpty().Max();
        Bars = [.. points.Select(Lay)];
    }

    public IReadOnlyList<Bar> Bars { get; }

    /// <summary>What the full height of the counts stands for.</summary>
    public long MostCounted { get; }

    /// <summary>What the full height of the durations stands for.</summary>
    public TimeSpan Longest { get; }

    private Bar Lay(RunPoint point, int index)
    {
        const double column = (double)Width / Columns;
        return new Bar(
            point,
            index * column + column * .15,
            column * .7,
            Height(point.Accepted),
            Height(point.Refused),
            Longest == TimeSpan.Zero ? 0 : DurationHeight * ((point.Duration ?? TimeSpan.Zero) / Longest)
        );
    }

    // What is there can be seen, however little it is.
    private double Height(long count) => count == 0 ? 0 : Math.Max(1.5, (double)CountsHeight * count / MostCounted);

    public sealed record Bar(RunPoint Point, double Left, double Width, double Accepted, double Refused, double Duration)
    {
        public double AcceptedTop => CountsHeight - Accepted;

        public double RefusedTop => Math.Max(0, CountsHeight - Accepted - Refused);
    }
}
