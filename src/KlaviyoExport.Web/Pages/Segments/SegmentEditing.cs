using KlaviyoExport.Segments;

namespace KlaviyoExport.Web.Pages.Segments;

/// <summary>What the editors of all parts of a definition need.</summary>
/// <param name="Others">The segments that a condition can refer to: the other segments of the source.</param>
/// <param name="Counts">The counts of the parts. Empty when they are not shown or not known.</param>
/// <param name="IsCounting">Whether the counts of the parts are on their way.</param>
public sealed record SegmentEditing(IReadOnlyList<SegmentLine> Others, IReadOnlyList<PartCount> Counts, bool IsCounting)
{
    public static SegmentEditing Empty { get; } = new([], [], IsCounting: false);

    /// <summary>Returns the counts of a part. Null when they are not known.</summary>
    public PartCount? CountOf(IReadOnlyList<int> path) => Counts.FirstOrDefault(count => count.Path.SequenceEqual(path));
}
