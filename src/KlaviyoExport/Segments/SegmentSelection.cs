namespace KlaviyoExport.Segments;

/// <summary>
/// The profiles that are in any of some segments and in none of others. The key decides about the others: a profile with several rows is
/// left out when any of them is in an excluded segment.
/// </summary>
/// <param name="Taken">The segments whose members are selected. Empty for no profiles.</param>
/// <param name="Excluded">The segments whose members are left out. All are of the same source.</param>
public sealed record SegmentSelection(IReadOnlyList<Segment> Taken, IReadOnlyList<Segment> Excluded);

/// <summary>A selection whose references to segments are resolved.</summary>
internal sealed record MemberSelection(IReadOnlyList<SegmentDefinition> Taken, IReadOnlyList<KeyCondition> Excluded)
{
    public static MemberSelection Of(SegmentDefinition definition) => new([definition], []);
}
