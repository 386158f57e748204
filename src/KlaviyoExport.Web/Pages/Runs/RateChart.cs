using KlaviyoExport.Overview;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>
/// The layout of the rate chart of a run, in units of its SVG view box: one unit of width for each interval. The style sheet stretches it.
/// </summary>
internal sealed class RateChart
{
    public const int Height = 100;

    // A short run has narrow bars at the left instead of very wide ones.
    private const int LeastColumns = 10;

    private readonly RunPace _pace;

    public RateChart(RunPace pace)
    {
        _pace = pace;
        Columns = Math.Max(LeastColumns, pace.Points.Count);
        Top = RoundUp(pace.Points.Max(point => Math.Max(point.Sent, point.Confirmed)));
    }

    public int Columns { get; }

    /// <summary>The number of profiles at the full height: 1, 2 or 5 times a power of ten, so that it seldom changes.</summary>
    public long Top { get; }

    /// <summary>The time at the right end.</summary>
    public DateTimeOffset Until => _pace.From + (Columns * _pace.Interval);

    /// <summary>The time in the middle.</summary>
    public DateTimeOffset Middle => _pace.From + (Columns * _pace.Interval / 2);

    /// <summary>The height of the bar of an interval.</summary>
    public double HeightOf(long count) => count == 0 ? 0 : Math.Max(1.5, (double)Height * count / Top);

    /// <summary>The corners of the line of the profiles sent, which is level within an interval.</summary>
    public IEnumerable<(double X, double Y)> Line =>
        _pace.Points.SelectMany(
            (point, index) => new[] { ((double)index, Height - HeightOf(point.Sent)), (index + 1d, Height - HeightOf(point.Sent)) }
        );

    private static long RoundUp(long count)
    {
        var power = 1L;
        while (power * 10 < count)
            power *= 10;
        return count <= power ? Math.Max(power, 1)
            : count <= 2 * power ? 2 * power
            : count <= 5 * power ? 5 * power
            : 10 * power;
    }
}
