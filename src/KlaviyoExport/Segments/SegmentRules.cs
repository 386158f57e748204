using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>Validates definitions against the fields of their source.</summary>
public static class SegmentRules
{
    /// <summary>The maximum depth of nested groups, including the root.</summary>
    public const int MaxDepth = 8;

    public const int MaxConditions = 200;

    public const int MaxListValues = 10_000;

    public const int MaxValueLength = 1_000;

    public const int MaxDays = 36_500;

    /// <summary>Finds all faults, in the order of the tree. Without faults the definition can be read.</summary>
    public static IReadOnlyList<SegmentFault> Validate(SegmentDefinition definition, IReadOnlyList<Field> fields)
    {
        if (definition is MembershipSegment membership)
        {
            return membership.Table.Length == 0 || membership.KeyColumns.Count == 0 || membership.KeyColumns.Contains("")
                ? [new SegmentFault([], new LocalizedMessage("Segments.MembershipIncomplete"))]
                : [];
        }
        var faults = new List<SegmentFault>();
        var root = ((ConditionSegment)definition).Root;
        var conditions = 0;
        Check(root, [], 1);
        if (conditions > MaxConditions)
            faults.Insert(0, new SegmentFault([], new LocalizedMessage("Segments.TooManyConditions", MaxConditions, conditions)));
        return faults;

        void Check(ConditionNode node, IReadOnlyList<int> path, int depth)
        {
            switch (node)
            {
                case Condition condition:
                    conditions++;
                    if (GapOf(condition, fields) is { } gap)
                        faults.Add(new SegmentFault(path, gap) { IsIncomplete = true });
                    else if (FaultOf(condition, fields) is { } message)
                        faults.Add(new SegmentFault(path, message));
                    break;
                case SegmentCondition reference:
                    conditions++;
                    if (reference.SegmentId == 0)
                        faults.Add(new SegmentFault(path, new LocalizedMessage("Segments.ReferenceMissing")) { IsIncomplete = true });
                    break;
                case ConditionGroup when depth > MaxDepth:
                    faults.Add(new SegmentFault(path, new LocalizedMessage("Segments.TooDeep", MaxDepth)));
                    break;
                case ConditionGroup group:
                    for (var i = 0; i < group.Parts.Count; i++)
                        Check(group.Parts[i], [.. path, i], depth + 1);
                    break;
            }
        }
    }

    /// <summary>Returns what is not filled in yet. Null when everything is filled in, or when the field or the operator is wrong.</summary>
    private static LocalizedMessage? GapOf(Condition condition, IReadOnlyList<Field> fields)
    {
        if (condition.Field.Length == 0)
            return new LocalizedMessage("Segments.FieldMissing");
        if (
            fields.FirstOrDefault(field => field.Name == condition.Field) is not { } field
            || !Operators.For(field.Type).Contains(condition.Operator)
        )
            return null;
        var values = condition.Values;
        var arity = Operators.ArityOf(condition.Operator);
        var wanted = arity switch
        {
            Arity.None => 0,
            Arity.Two => 2,
            Arity.One => 1,
            _ => values.Count,
        };
        if (values.Count == wanted && !(arity == Arity.List && values.Count == 0) && !values.Any(FieldValue.IsEmpty))
            return null;
        return arity == Arity.Two
            ? new LocalizedMessage("Segments.TwoValuesNeeded", condition.Field)
            : new LocalizedMessage("Segments.ValueNeeded", condition.Field);
    }

    private static LocalizedMessage? FaultOf(Condition condition, IReadOnlyList<Field> fields)
    {
        if (fields.FirstOrDefault(field => field.Name == condition.Field) is not { } field)
            return new LocalizedMessage("Segments.FieldGone", condition.Field);
        if (!Operators.For(field.Type).Contains(condition.Operator))
            return new LocalizedMessage(
                "Segments.OperatorNotOffered",
                condition.Field,
                Operators.NameOf(condition.Operator),
                new LocalizedMessage($"Sources.Type.{field.Type}")
            );
        return FaultOfValues(condition, Operators.ValueType(condition.Operator, field.Type));
    }

    private static LocalizedMessage? FaultOfValues(Condition condition, FieldType type)
    {
        var values = condition.Values;
        if (values.Count > MaxListValues)
            return new LocalizedMessage("Segments.ListTooLong", condition.Field, MaxListValues, values.Count);
        if (values.Any(value => value.Length > MaxValueLength))
            return new LocalizedMessage("Segments.ValueTooLong", condition.Field, MaxValueLength);
        if (values.FirstOrDefault(value => !Fits(value, type)) is { } wrong)
            return new LocalizedMessage("Segments.ValueDoesNotFit", condition.Field, wrong, new LocalizedMessage($"Sources.Type.{type}"));
        if (condition.Operator == Operator.Anniversary)
            return FieldValue.TryWhole(values[0], out var around) && around is >= 0 and <= Anniversary.MaxDays
                ? null
                : new LocalizedMessage("Segments.AnniversaryOutOfRange", condition.Field, Anniversary.MaxDays);
        if (Operators.CountsDays(condition.Operator) && (!FieldValue.TryWhole(values[0], out var days) || days is < 1 or > MaxDays))
            return new LocalizedMessage("Segments.DaysOutOfRange", condition.Field, MaxDays);
        return Operators.ArityOf(condition.Operator) == Arity.Two && IsReversed(values[0], values[1], type)
            ? new LocalizedMessage("Segments.Reversed", condition.Field)
            : null;
    }

    private static bool Fits(string value, FieldType type) =>
        type switch
        {
            FieldType.WholeNumber => FieldValue.TryWhole(value, out _),
            FieldType.Number => FieldValue.TryNumber(value, out _),
            FieldType.YesNo => FieldValue.TryYesNo(value, out _),
            FieldType.Date => FieldValue.TryDay(value, out _, out var hasTime) && !hasTime,
            _ => true,
        };

    private static bool IsReversed(string from, string to, FieldType type) =>
        type == FieldType.Date
            ? FieldValue.TryDay(from, out var first) && FieldValue.TryDay(to, out var last) && first > last
            : FieldValue.TryNumber(from, out var low) && FieldValue.TryNumber(to, out var high) && low > high;
}
