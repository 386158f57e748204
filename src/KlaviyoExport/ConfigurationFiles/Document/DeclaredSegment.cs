using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Segments;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>A segment in a configuration file: conditions, or a table of members.</summary>
internal sealed record DeclaredSegment
{
    public ItemName Name { get; init; }

    public ItemName Source { get; init; }

    /// <summary>The conditions, which name other segments by <see cref="NamedSegment"/>.</summary>
    public ConditionNode? Conditions { get; init; }

    public MembershipSegment? Membership { get; init; }

    /// <summary>The segments that the conditions name.</summary>
    public IEnumerable<ItemName> References => Conditions is null ? [] : Within(Conditions).Select(named => named.Name);

    private static IEnumerable<NamedSegment> Within(ConditionNode node) =>
        node switch
        {
            ConditionGroup group => group.Parts.SelectMany(Within),
            NamedSegment named => [named],
            _ => [],
        };
}

/// <summary>A <see cref="SegmentCondition"/> whose segment has a name and not yet an ID. It is never stored.</summary>
internal sealed record NamedSegment(ItemName Name, bool IsMember) : ConditionNode;
