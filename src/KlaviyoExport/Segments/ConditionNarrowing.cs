using System.Globalization;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Segments;

/// <summary>
/// Writes the part of a definition that the declared types of a server can express in SQL, in a form that can use indexes. The SQL
/// selects all members and possibly other rows; <see cref="ConditionTest"/> decides. Null when nothing can be expressed, as for every
/// negation: it would have to leave out rows that only might meet what is negated. Nor for a condition about the key, which another row may
/// meet. All values are parameters.
/// </summary>
internal sealed class ConditionNarrowing(ServerTable table, Source source, DateOnly today, ServerParameters parameters)
{
    // A number as text, a double and the type of the server may each be rounded. A real has about seven digits.
    private const double Slack = 1e-6;

    public string? Of(ConditionNode node) =>
        node switch
        {
            ConditionGroup { Kind: GroupKind.All } group => group.Parts.Select(Of).OfType<string>().ToList() is { Count: > 0 } parts
                ? $"({string.Join(" AND ", parts)})"
                : null,
            ConditionGroup { Kind: GroupKind.None } => null,
            ConditionGroup group => group.Parts.Select(Of).ToList() is { Count: > 0 } parts && !parts.Contains(null)
                ? $"({string.Join(" OR ", parts)})"
                : null,
            Condition condition => Of(condition),
            KeyCondition => null,
            _ => throw new NotSupportedException(node.GetType().Name),
        };

    private string? Of(Condition condition)
    {
        if (Operators.OppositeOf(condition.Operator) is not null)
            return null;
        var column = table.Field(source, condition.Field);
        var name = $"p.{table.Dialect.Quote(column.Name)}";
        var type = Operators.ValueType(condition.Operator, source.Fields.First(field => field.Name == condition.Field).Type);
        return condition.Operator switch
        {
            Operator.IsEmpty => column.Family is ColumnFamily.Text or ColumnFamily.Binary ? null : table.Dialect.IsNull(column),
            Operator.IsNotEmpty => $"{name} IS NOT NULL",
            Operator.InLastDays when IsOfDays(column) => Days(name, column.Family, DayRange.OfLast(condition.Values[0], today)),
            Operator.InNextDays when IsOfDays(column) => Days(name, column.Family, DayRange.OfNext(condition.Values[0], today)),
            _ when Operators.CountsDays(condition.Operator) => $"{name} IS NOT NULL",
            _ => (type, column.Family) switch
            {
                (FieldType.WholeNumber, ColumnFamily.Whole) => Whole(name, condition),
                (FieldType.WholeNumber or FieldType.Number, ColumnFamily.Decimal or ColumnFamily.Float) => Number(
                    name,
                    column.Family,
                    condition
                ),
                (FieldType.YesNo, ColumnFamily.YesNo) =>
                    $"{name} = {Cast(FieldValue.TryYesNo(condition.Values[0], out var yes) && yes ? "1" : "0", column.Family)}",
                (FieldType.Date, _) when IsOfDays(column) => Day(name, column.Family, condition),
                _ => $"{name} IS NOT NULL",
            },
        };
    }

    private string Whole(string name, Condition condition)
    {
        var values = condition.Values.Select(value => FieldValue.TryWhole(value, out var whole) ? whole : throw Invalid()).ToList();
        string Value(long value) => Cast(value.ToString(CultureInfo.InvariantCulture), ColumnFamily.Whole);
        return condition.Operator switch
        {
            Operator.Greater => $"{name} > {Value(values[0])}",
            Operator.Less => $"{name} < {Value(values[0])}",
            _ => $"{name} BETWEEN {Value(values.Min())} AND {Value(values.Max())}",
        };
    }

    private string Number(string name, ColumnFamily family, Condition condition)
    {
        var values = condition.Values.Select(value => FieldValue.TryNumber(value, out var number) ? number : throw Invalid()).ToList();
        string Value(double value, int direction) =>
            Cast(
                FieldValue.Spell(Math.Clamp(value + (direction * ((Math.Abs(value) * Slack) + 1e-300)), double.MinValue, double.MaxValue)),
                family
            );
        return condition.Operator switch
        {
            Operator.Greater => $"{name} >= {Value(values[0], -1)}",
            Operator.Less => $"{name} <= {Value(values[0], 1)}",
            _ => $"{name} BETWEEN {Value(values.Min(), -1)} AND {Value(values.Max(), 1)}",
        };
    }

    private string Day(string name, ColumnFamily family, Condition condition)
    {
        var values = condition.Values.Select(value => FieldValue.TryDay(value, out var day) ? day : throw Invalid()).ToList();
        return condition.Operator switch
        {
            Operator.Before => $"{name} < {Start(values[0], family)}",
            Operator.After => Days(name, family, values[0], null),
            _ => Days(name, family, values.Min(), values.Max()),
        };
    }

    private string Days(string name, ColumnFamily family, DayRange range) => Days(name, family, range.First, range.Last);

    /// <summary>The range from the start of one day to the end of another.</summary>
    private string Days(string name, ColumnFamily family, DateOnly first, DateOnly? last)
    {
        var from = $"{name} >= {Start(first, family)}";
        return last is { } end && end < DateOnly.MaxValue ? $"({from} AND {name} < {Start(end.AddDays(1), family)})" : from;
    }

    private static bool IsOfDays(ServerColumn column) =>
        column.Family is ColumnFamily.Date or ColumnFamily.Moment or ColumnFamily.MomentWithOffset;

    private string Start(DateOnly day, ColumnFamily family) =>
        Cast(
            day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                + family switch
                {
                    ColumnFamily.Moment => "T00:00:00",
                    ColumnFamily.MomentWithOffset => "T00:00:00+00:00",
                    _ => "",
                },
            family
        );

    private string Cast(string value, ColumnFamily family) => table.Dialect.Typed(parameters.Add(value), family);

    private static ArgumentException Invalid() => new("The definition is not valid; validate it first.");
}
