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
    public IReadOnlyList<DecidingCondition> Of(ConditionNode root) => Of(root, isOneOfSeveral: false).ToList();

    private IEnumerable<DecidingCondition> Of(ConditionNode node, bool isOneOfSeveral)
    {
        var isMet = IsMet(node);
        return node switch
        {
            Condition condition =>
            [
                new DecidingCondition(
                    condition,
                    row[placeOf(condition.Field)] is var value && FieldValue.IsEmpty(value) ? null : value,
                    isOneOfSeveral
                ),
            ],
            // All parts make it true. Each part that is false makes it false.
            ConditionGroup { Kind: GroupKind.All } group => group
                .Parts.Where(part => IsMet(part) == isMet)
                .SelectMany(part => Of(part, isOneOfSeveral)),
            // One part is enough to make it true. All parts make it false.
            ConditionGroup group when isMet => group.Parts.Where(IsMet).Take(1).SelectMany(part => Of(part, isOneOfSeveral: false)),
            ConditionGroup group => group.Parts.SelectMany(part => Of(part, isOneOfSeveral || group.Parts.Count > 1)),
            _ => throw new NotSupportedException(node.GetType().Name),
        };
    }
}
