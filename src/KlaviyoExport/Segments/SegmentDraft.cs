namespace KlaviyoExport.Segments;

/// <summary>A segment as a person fills it in.</summary>
public sealed class SegmentDraft
{
    /// <summary>Null: a new segment.</summary>
    public int? Id { get; set; }

    public string Name { get; set; } = "";

    /// <summary>Null: none chosen yet.</summary>
    public int? SourceId { get; set; }

    public SegmentDefinition Definition { get; set; } = new ConditionSegment(new ConditionGroup(GroupKind.All, []));

    /// <summary>The version that was edited.</summary>
    public int Version { get; set; }
}
