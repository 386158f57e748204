using KlaviyoExport.Data;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>A named group of profiles of a source, defined by conditions or by a table of their keys.</summary>
public sealed class Segment : IVersioned
{
    public int Id { get; set; }

    public required string Name { get; set; }

    public int SourceId { get; set; }

    public Source? Source { get; set; }

    public required SegmentDefinition Definition { get; set; }

    /// <summary>The number of members at <see cref="CountedAt"/>. Null when they have not been counted.</summary>
    public long? MemberCount { get; set; }

    public DateTimeOffset? CountedAt { get; set; }

    /// <summary>What that count took. Null for files, and when they have not been counted.</summary>
    public SegmentReading? Reading { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    public int Version { get; set; }
}
