using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests;

/// <summary>Reads segments when none is excluded.</summary>
internal static class SegmentReading
{
    public static IAsyncEnumerable<Profile> ReadAsync(
        this SegmentReader reader,
        Source source,
        IReadOnlyList<Segment> segments,
        IReadOnlyList<string> fields,
        CancellationToken cancellationToken
    ) => reader.ReadAsync(source, new SegmentSelection(segments, []), fields, cancellationToken);

    public static Task<long> CountAsync(
        this SegmentReader reader,
        Source source,
        IReadOnlyList<Segment> segments,
        CancellationToken cancellationToken
    ) => reader.CountAsync(source, new SegmentSelection(segments, []), cancellationToken);

    public static IReadOnlyList<FoundProfile> Under(this FoundRows rows, IReadOnlyList<Segment> segments, IReadOnlyList<string> sent) =>
        rows.Under(new SegmentSelection(segments, []), sent);
}
