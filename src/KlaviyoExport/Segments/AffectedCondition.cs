using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;

namespace KlaviyoExport.Segments;

/// <summary>A condition on a column that no longer exists or has another type.</summary>
/// <param name="Condition">The condition. Its values can be email addresses.</param>
/// <param name="Change">What happened, in one sentence that names the column.</param>
/// <param name="IsBroken">Whether the segment cannot be read, because the condition no longer has its meaning.</param>
/// <param name="IsLoaded">Whether a load has taken over the new columns.</param>
public sealed record AffectedCondition(Condition Condition, LocalizedMessage Change, bool IsBroken, bool IsLoaded)
{
    /// <summary>Returns the condition in words, without its values.</summary>
    public LocalizedMessage Phrase => new("Segments.ConditionOf", Condition.Field, ConditionPhrase.Of(Condition, showsValues: false));

    /// <summary>Finds the conditions of a definition, without those of the segments that it refers to.</summary>
    internal static IReadOnlyList<AffectedCondition> In(SegmentDefinition definition, Source source)
    {
        var fields = PresentFields.Of(source);
        var faults = SegmentRules
            .Validate(definition, fields)
            .Where(fault => !fault.IsIncomplete)
            .ToLookup(fault => NodeAt(definition, fault.Path));
        return
        [
            .. SegmentTree
                .NodesOf(definition)
                .OfType<Condition>()
                .Select(condition => Of(condition, source, fields, faults[condition].FirstOrDefault()))
                .OfType<AffectedCondition>(),
        ];
    }

    private static AffectedCondition? Of(Condition condition, Source source, IReadOnlyList<Field> fields, SegmentFault? fault)
    {
        var change = source.ChangeOf(condition.Field);
        if (change is null && fault is null)
            return null;
        // Of a column that vanished before changes were stored, no change is known.
        var isGone = fields.All(field => field.Name != condition.Field);
        var told = change?.Message ?? (isGone ? source.MessageOfMissing(condition.Field) : fault!.LocalizedMessage);
        var isBroken = fault is not null || (change is not null && LosesDates(condition, change));
        // A load has accepted the new type, and the condition still can be read.
        return !isBroken && change!.IsLoaded ? null : new AffectedCondition(condition, told, isBroken, change?.IsLoaded ?? true);
    }

    /// <summary>
    /// Whether a condition compared dates and would now compare texts or numbers, with another result. A load accepts the new type.
    /// </summary>
    private static bool LosesDates(Condition condition, ColumnChange change) =>
        change is { Kind: ColumnChangeKind.Retyped, IsLoaded: false, Before: FieldType.Date or FieldType.Moment }
        && change.Now is not (FieldType.Date or FieldType.Moment)
        && Operators.ArityOf(condition.Operator) != Arity.None;

    private static ConditionNode? NodeAt(SegmentDefinition definition, IReadOnlyList<int> path) =>
        definition is ConditionSegment { Root: var root }
            ? path.Aggregate((ConditionNode?)root, (node, index) => (node as ConditionGroup)?.Parts.ElementAtOrDefault(index))
            : null;
}
