namespace KlaviyoExport.Segments;

/// <summary>A segment that was removed, with its history. It is only in memory, so the removal can be undone for a while only.</summary>
public sealed class RemovedSegment
{
    private readonly Segment _segment;
    private readonly IReadOnlyList<SegmentCount> _counts;

    internal RemovedSegment(Segment segment, IReadOnlyList<SegmentCount> counts) => (_segment, _counts) = (segment, counts);

    public string Name => _segment.Name;

    /// <summary>Returns the segment as a new one.</summary>
    internal Segment Segment() =>
        new()
        {
            Name = _segment.Name,
            SourceId = _segment.SourceId,
            Definition = _segment.Definition,
            MemberCount = _segment.MemberCount,
            CountedAt = _segment.CountedAt,
            Reading = _segment.Reading,
            CreatedAt = _segment.CreatedAt,
            CreatedBy = _segment.CreatedBy,
        };

    /// <summary>Returns the history for the segment with another ID.</summary>
    internal IEnumerable<SegmentCount> CountsOf(int id) =>
        _counts.Select(count => new SegmentCount
        {
            SegmentId = id,
            Day = count.Day,
            Members = count.Members,
        });
}
