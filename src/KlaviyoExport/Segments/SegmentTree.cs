namespace KlaviyoExport.Segments;

/// <summary>Walks through definitions.</summary>
internal static class SegmentTree
{
    /// <summary>Returns the IDs of the segments that a definition refers to directly. Each once.</summary>
    public static IReadOnlyList<int> ReferencesIn(SegmentDefinition definition) =>
        [.. NodesOf(definition).OfType<SegmentCondition>().Select(reference => reference.SegmentId).Distinct()];

    /// <summary>Returns the conditions about keys, also those within each other. A condition comes after those that it contains.</summary>
    public static IEnumerable<KeyCondition> KeysIn(SegmentDefinition definition) =>
        NodesOf(definition).OfType<KeyCondition>().SelectMany(key => KeysIn(key.Definition).Append(key));

    /// <summary>Returns the conditions about keys in a selection. Each once, after those that it contains.</summary>
    public static List<KeyCondition> KeysIn(MemberSelection selection) =>
        [
            .. selection
                .Taken.SelectMany(KeysIn)
                .Concat(selection.Excluded.SelectMany(excluded => KeysIn(excluded.Definition).Append(excluded)))
                .Distinct(),
        ];

    /// <summary>Returns the nodes of the tree, without those of other segments. Empty for a membership table.</summary>
    public static IEnumerable<ConditionNode> NodesOf(SegmentDefinition definition) =>
        definition is ConditionSegment { Root: var root } ? NodesOf(root) : [];

    /// <summary>Returns the definition with another field in place of one.</summary>
    public static SegmentDefinition WithField(SegmentDefinition definition, string from, string to)
    {
        return definition is ConditionSegment { Root: var root } ? new ConditionSegment((ConditionGroup)Of(root)) : definition;

        ConditionNode Of(ConditionNode node) =>
            node switch
            {
                ConditionGroup group => group with { Parts = [.. group.Parts.Select(Of)] },
                Condition condition when condition.Field == from => condition with { Field = to },
                _ => node,
            };
    }

    private static IEnumerable<ConditionNode> NodesOf(ConditionNode node) =>
        node is ConditionGroup group ? group.Parts.SelectMany(NodesOf).Prepend(node) : [node];
}
