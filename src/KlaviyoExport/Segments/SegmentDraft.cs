namespace KlaviyoExport.Segments;

/// <summary>A segment as filled in by a person.</summary>
public sealed class SegmentDraft
{
    /// <summary>Null for a new segment.</summary>
    public int? Id { get; set; }

    public string Name { get; set; } = "";

    /// <summary>Null while no source is chosen.</summary>
    public int? SourceId { get; set; }

    public SegmentDefinition Definition { get; set; } = new ConditionSegment(new ConditionGroup(GroupKind.All, []));

    /// <summary>The version of the segment that was edited.</summary>
    public int Version { get; set; }
}
