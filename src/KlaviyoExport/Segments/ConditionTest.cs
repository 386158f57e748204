using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>
/// Decides whether a row is a member. It has the meaning of <see cref="ConditionSql"/> in SQLite, for databases whose comparisons depend
/// on collation, version and settings. A positive comparison with an empty or
/// invalid value is false, and a negated one is its opposite.
/// </summary>
/// <param name="fields">The fields of the source.</param>
/// <param name="today">The present UTC day.</param>
/// <param name="placeOf">The position of a field in a row.</param>
/// <param name="ofKey">The test whether the key of a row is the key of a member. All rows of the key are known when it is called.</param>
internal sealed class ConditionTest(
    IReadOnlyList<Field> fields,
    DateOnly today,
    Func<string, int> placeOf,
    Func<KeyCondition, Predicate<string?[]>> ofKey
)
{
    public Predicate<string?[]> Of(ConditionNode node) =>
        node switch
        {
            ConditionGroup group => Of(group.Kind, [.. group.Parts.Select(Of)]),
            Condition condition => Of(condition),
            KeyCondition key => ofKey(key),
            _ => throw new NotSupportedException(node.GetType().Name),
        };

    private static Predicate<string?[]> Of(GroupKind kind, Predicate<string?[]>[] parts) =>
        kind switch
        {
            GroupKind.None => row => !Array.Exists(parts, part => part(row)),
            GroupKind.Any when parts.Length > 0 => row => Array.Exists(parts, part => part(row)),
            _ => row => Array.TrueForAll(parts, part => part(row)),
        };

    private Predicate<string?[]> Of(Condition condition)
    {
        if (Operators.OppositeOf(condition.Operator) is { } opposite)
        {
            var isOpposite = Of(condition with { Operator = opposite });
            return row => !isOpposite(row);
        }
        var place = placeOf(condition.Field);
        if (condition.Operator == Operator.IsEmpty)
            return row => FieldValue.IsEmpty(row[place]);
        if (condition.Operator == Operator.IsNotEmpty)
            return row => !FieldValue.IsEmpty(row[place]);
        var isMet = Comparison(condition);
        return row => row[place] is { } text && isMet(text);
    }

    private Predicate<string> Comparison(Condition condition) =>
        Comparison(condition, fields.First(field => field.Name == condition.Field));

    private Predicate<string> Comparison(Condition condition, Field field) =>
        (condition.Operator, Operators.ValueType(condition.Operator, field.Type)) switch
        {
            (Operator.InLastDays, _) => Days(field.Format, DayRange.OfLast(condition.Values[0], today).Contains),
            (Operator.InNextDays, _) => Days(field.Format, DayRange.OfNext(condition.Values[0], today).Contains),
            (Operator.Anniversary, _) when DayRange.Number(condition.Values[0]) is var days => Days(
                field.Format,
                day => Anniversary.DaysFrom(today, day) <= days
            ),
            (Operator.InList, FieldType.Number) => InList(
                condition.Values.Select(value => Spelling(FieldFormat.Standard, value)),
                text => Spelling(field.Format, text)
            ),
            (Operator.InList, FieldType.Text) => InList(condition.Values.Select(FieldValue.Fold), FieldValue.Fold),
            (_, FieldType.WholeNumber) => Ordered<long>(condition, field.Format, Whole),
            (_, FieldType.Number) => Ordered<double>(condition, field.Format, Number),
            (_, FieldType.YesNo) => Ordered<bool>(condition, field.Format, YesNo),
            (_, FieldType.Date) => Ordered<DateOnly>(condition, field.Format, Day),
            _ => OfText(condition.Operator, FieldValue.Fold(condition.Values[0])),
        };

    private static long? Whole(FieldFormat format, string text) => format.TryWhole(text, out var value) ? value : null;

    private static double? Number(FieldFormat format, string text) => format.TryNumber(text, out var value) ? value : null;

    private static bool? YesNo(FieldFormat format, string text) => FieldValue.TryYesNo(text, out var value) ? value : null;

    private static DateOnly? Day(FieldFormat format, string text) => format.TryDay(text, out var value, out _) ? value : null;

    private static Predicate<string> Days(FieldFormat format, Predicate<DateOnly> isMet) =>
        text => format.TryDay(text, out var day, out _) && isMet(day);

    private static Predicate<string> InList(IEnumerable<string?> values, Func<string, string?> meaning)
    {
        var wanted = values.ToHashSet(StringComparer.Ordinal);
        return text => meaning(text) is { } value && wanted.Contains(value);
    }

    private static string? Spelling(FieldFormat format, string text) =>
        format.TryNumber(text, out var value) ? FieldValue.Spell(value) : null;

    private static Predicate<string> OfText(Operator @operator, string wanted) =>
        @operator switch
        {
            Operator.Equal => text => string.Equals(FieldValue.Fold(text), wanted, StringComparison.Ordinal),
            Operator.Contains => text => FieldValue.Fold(text).Contains(wanted, StringComparison.Ordinal),
            Operator.StartsWith => text => FieldValue.Fold(text).StartsWith(wanted, StringComparison.Ordinal),
            Operator.EndsWith => text => FieldValue.Fold(text).EndsWith(wanted, StringComparison.Ordinal),
            _ => throw new NotSupportedException(@operator.ToString()),
        };

    /// <param name="condition">A condition with valid values.</param>
    /// <param name="format">How the values of the field are written. Those of a condition are invariant.</param>
    /// <param name="meaning">The parsed value. Null when the text is not valid.</param>
    private static Predicate<string> Ordered<T>(Condition condition, FieldFormat format, Func<FieldFormat, string, T?> meaning)
        where T : struct, IComparable<T>
    {
        T[] values =
        [
            .. condition.Values.Select(value =>
                meaning(FieldFormat.Standard, value)
                ?? throw new ArgumentException("The definition is not valid; validate it first.", nameof(condition))
            ),
        ];
        Predicate<T> test = condition.Operator switch
        {
            Operator.Equal or Operator.On => value => value.CompareTo(values[0]) == 0,
            Operator.Greater or Operator.After => value => value.CompareTo(values[0]) > 0,
            Operator.Less or Operator.Before => value => value.CompareTo(values[0]) < 0,
            Operator.Between => value => value.CompareTo(values[0]) >= 0 && value.CompareTo(values[1]) <= 0,
            Operator.InList => values.ToHashSet().Contains,
            _ => throw new NotSupportedException(condition.Operator.ToString()),
        };
        return text => meaning(format, text) is { } value && test(value);
    }
}
