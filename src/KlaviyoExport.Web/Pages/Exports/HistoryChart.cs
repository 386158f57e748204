using KlaviyoExport.Overview;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>The layout of the chart with the latest runs of an export, in units of its SVG view box. Each run has one column.</summary>
internal sealed class HistoryChart
{
    public const int Width = 720;
    public const int CountsHeight = 140;
    public const int DurationHeight = 60;

    // The number of columns is fixed, so that a new export with few runs has narrow bars at the left instead of very wide ones.
    private const int Columns = 30;

    public HistoryChart(IReadOnlyList<RunPoint> points)
    {
        MostCounted = Math.Max(1, points.Count == 0 ? 1 : points.Max(point => point.Accepted + point.Refused));
        Longest = points.Select(point => point.Duration ?? TimeSpan.Zero).DefaultIfEmpty().Max();
        Bars = [.. points.Select(Lay)];
    }

    public IReadOnlyList<Bar> Bars { get; }

    /// <summary>The number of profiles at the full height of the chart.</summary>
    public long MostCounted { get; }

    /// <summary>The duration at the full height of the chart.</summary>
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

    // A small count must remain visible next to a very large one.
    private double Height(long count) => count == 0 ? 0 : Math.Max(1.5, (double)CountsHeight * count / MostCounted);

    /// <summary>The bars of a run. Positions and sizes are in units of the view box.</summary>
    public sealed record Bar(RunPoint Point, double Left, double Width, double Accepted, double Refused, double Duration)
    {
        public double AcceptedTop => CountsHeight - Accepted;

        public double RefusedTop => Math.Max(0, CountsHeight - Accepted - Refused);
    }
}
