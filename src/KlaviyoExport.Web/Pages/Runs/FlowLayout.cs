using System.Globalization;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>
/// The layout of the profile flow diagram, in units of its SVG view box. It has three columns of bars, whose heights are proportional to
/// the number of profiles, and bands that connect the bars from left to right.
/// </summary>
public sealed class FlowLayout
{
    /// <summary>The height of the bar of all members.</summary>
    private const double Tallest = 132;

    /// <summary>The height of the two lines of text beside a bar, which is the minimum distance of two bars.</summary>
    private const double Room = 38;

    private const double Gap = 12;

    public const double BarWidth = 8;

    private readonly double _scale;

    private FlowLayout(FlowCounts counts, double width)
    {
        Width = width;
        _scale = Tallest / Math.Max(1, counts.Read);
        var column = (width - BarWidth) * .33;
        var read = Stack(0, [("Read", counts.Read)])[0];
        var middle = Stack(column, [("Sent", counts.Sent), .. Some("NotSent", counts.NotSent), ("LeftOut", counts.LeftOut)]);
        var ends = Stack(
            2 * column,
            [
                ("Accepted", counts.Accepted),
                ("Refused", counts.Refused),
                ("Unconfirmed", counts.Unconfirmed),
                .. Some("Awaited", counts.Awaited),
            ]
        );
        Bars = [read, .. middle, .. ends];
        Bands = [.. Between(read, middle), .. Between(middle[0], ends)];
        Height = Bars.Max(bar => bar.Y + Math.Max(bar.Height, Room));
    }

    public double Width { get; }

    public double Height { get; }

    public IReadOnlyList<FlowBar> Bars { get; }

    public IReadOnlyList<FlowBand> Bands { get; }

    /// <summary>Calculates the layout.</summary>
    /// <param name="counts">The counts of the run.</param>
    /// <param name="width">The width of the diagram in units. The height of text is 14 units.</param>
    public static FlowLayout Of(FlowCounts counts, double width) => new(counts, width);

    private static (string, long)[] Some(string key, long count) => count > 0 ? [(key, count)] : [];

    private List<FlowBar> Stack(double x, IEnumerable<(string Key, long Count)> parts)
    {
        var y = 0d;
        var bars = new List<FlowBar>();
        foreach (var (key, count) in parts)
        {
            // A small count must remain visible next to a very large one.
            var height = count == 0 ? 0 : Math.Max(1.5, count * _scale);
            bars.Add(new(key, count, x, y, height));
            y += Math.Max(height, Room) + Gap;
        }
        return bars;
    }

    private static IEnumerable<FlowBand> Between(FlowBar from, IEnumerable<FlowBar> to)
    {
        var y = from.Y;
        foreach (var bar in to.Where(bar => bar.Count > 0))
        {
            yield return new(bar.Key, from.X + BarWidth, y, bar.X, bar.Y, bar.Height);
            y += bar.Height;
        }
    }
}

/// <summary>A bar of the diagram. X and Y are the top left corner.</summary>
/// <param name="Key">The name of the count that it shows.</param>
public sealed record FlowBar(string Key, long Count, double X, double Y, double Height);

/// <summary>A band from a bar on the left to a bar on the right. Its height is constant.</summary>
public sealed record FlowBand(string Key, double FromX, double FromY, double ToX, double ToY, double Height)
{
    /// <summary>The outline of the band as SVG path data.</summary>
    public string Path
    {
        get
        {
            var middle = (FromX + ToX) / 2;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"M{FromX:0.#} {FromY:0.##}C{middle:0.#} {FromY:0.##} {middle:0.#} {ToY:0.##} {ToX:0.#} "
                    + $"{ToY:0.##}V{ToY + Height:0.##}C{middle:0.#} {ToY + Height:0.##} {middle:0.#} {FromY + Height:0.##} {FromX:0.#} "
                    + $"{FromY + Height:0.##}Z"
            );
        }
    }
}
