using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>Finds the conditions of a tree that decide about a row. Each part is tested by <see cref="ConditionTest"/>.</summary>
/// <param name="test">The test of the row's source, for the rows with the same key.</param>
/// <param name="placeOf">The position of a field in the row.</param>
/// <param name="decidingRow">The row with the same key that decides about a segment that the tree refers to.</param>
internal sealed class ConditionReasons(ConditionTest test, Func<string, int> placeOf, Func<KeyCondition, string?[]> decidingRow)
{
    /// <summary>Returns the conditions that make the tree true for a row, or all that make it false.</summary>
    public IReadOnlyList<DecidingCondition> Of(ConditionNode root, string?[] row) => [.. Of(root, row, isSought: true, false, [])];

    /// <param name="node">A part of the tree.</param>
    /// <param name="row">The row that decides.</param>
    /// <param name="isSought">Whether the row must meet the part, or else must not meet it, to meet the tree.</param>
    /// <param name="isOneOfSeveral">Whether it would be enough that another part is as it must be.</param>
    /// <param name="through">The names of the segments through which the tree refers to the part.</param>
    private IEnumerable<DecidingCondition> Of(
        ConditionNode node,
        string?[] row,
        bool isSought,
        bool isOneOfSeveral,
        IReadOnlyList<string> through
    ) =>
        node switch
        {
            Condition condition =>
            [
                new DecidingCondition(
                    condition,
                    row[placeOf(condition.Field)] is var value && FieldValue.IsEmpty(value) ? null : value,
                    isOneOfSeveral
                )
                {
                    IsSought = isSought,
                    Through = through,
                },
            ],
            KeyCondition key => OfKey(key, isSought, isOneOfSeveral, [.. through, key.SegmentName]),
            ConditionGroup group => OfGroup(group, row, isSought, isOneOfSeveral, through),
            _ => throw new NotSupportedException(node.GetType().Name),
        };

    private IEnumerable<DecidingCondition> OfGroup(
        ConditionGroup group,
        string?[] row,
        bool isSought,
        bool isOneOfSeveral,
        IReadOnlyList<string> through
    )
    {
        var isRight = IsMet(group) == isSought;
        var isPartSought = isSought != (group.Kind == GroupKind.None);
        // "All of" and "not any of" need every part, "any of" and "not all of" need one.
        if ((group.Kind == GroupKind.All) == isPartSought)
            return group
                .Parts.Where(part => (IsMet(part) == isPartSought) == isRight)
                .SelectMany(part => Of(part, row, isPartSought, isOneOfSeveral, through));
        return isRight
            ? group.Parts.Where(part => IsMet(part) == isPartSought).Take(1).SelectMany(part => Of(part, row, isPartSought, false, through))
            : group.Parts.SelectMany(part => Of(part, row, isPartSought, isOneOfSeveral || group.Parts.Count > 1, through));

        bool IsMet(ConditionNode node) => test.Of(node)(row);
    }

    private List<DecidingCondition> OfKey(KeyCondition key, bool isSought, bool isOneOfSeveral, IReadOnlyList<string> through)
    {
        var within = key.Definition is ConditionSegment { Root: var root }
            ? Of(root, decidingRow(key), isSought, isOneOfSeveral, through).ToList()
            : [];
        return within.Count > 0
            ? within
            :
            [
                new DecidingCondition(null, null, isOneOfSeveral)
                {
                    IsSought = isSought,
                    Through = through,
                    Table = key.Definition as MembershipSegment,
                },
            ];
    }
}
