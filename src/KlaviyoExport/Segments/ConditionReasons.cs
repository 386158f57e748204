using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>Finds the conditions of a tree that decide about a row. Each part is tested by <see cref="ConditionTest"/>.</summary>
/// <param name="test">The test of the row's source.</param>
/// <param name="placeOf">The position of a field in the row.</param>
/// <param name="row">The values of the row.</param>
internal sealed class ConditionReasons(ConditionTest test, Func<string, int> placeOf, string?[] row)
{
    public bool IsMet(ConditionNode node) => test.Of(node)(row);

    /// <summary>Returns the conditions that make the tree true, or all that make it false.</summary>
    public IReadOnlyList<DecidingCondition> Of(ConditionNode root) => Of(root, isSought: true, isOneOfSeveral: false).ToList();

    /// <param name="node">A part of the tree.</param>
    /// <param name="isSought">Whether the row must meet the part, or else must not meet it, to meet the tree.</param>
    /// <param name="isOneOfSeveral">Whether it would be enough that another part is as it must be.</param>
    private IEnumerable<DecidingCondition> Of(ConditionNode node, bool isSought, bool isOneOfSeveral)
    {
        var isRight = IsMet(node) == isSought;
        switch (node)
        {
            case Condition condition:
                return
                [
                    new DecidingCondition(
                        condition,
                        row[placeOf(condition.Field)] is var value && FieldValue.IsEmpty(value) ? null : value,
                        isOneOfSeveral
                    )
                    {
                        IsSought = isSought,
                    },
                ];
            case ConditionGroup group:
                var isPartSought = isSought != (group.Kind == GroupKind.None);
                // "All of" and "not any of" need every part, "any of" and "not all of" need one.
                if ((group.Kind == GroupKind.All) == isPartSought)
                    return group
                        .Parts.Where(part => (IsMet(part) == isPartSought) == isRight)
                        .SelectMany(part => Of(part, isPartSought, isOneOfSeveral));
                return isRight
                    ? group
                        .Parts.Where(part => IsMet(part) == isPartSought)
                        .Take(1)
                        .SelectMany(part => Of(part, isPartSought, isOneOfSeveral: false))
                    : group.Parts.SelectMany(part => Of(part, isPartSought, isOneOfSeveral || group.Parts.Count > 1));
            default:
                throw new NotSupportedException(node.GetType().Name);
        }
    }
}
