using System.Globalization;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Segments;

/// <summary>
/// Writes the part of a definition that the declared types of a server can express in SQL, in a form that can use indexes. The SQL
/// selects all members and possibly other rows; <see cref="ConditionTest"/> decides. Nothing is expressed for a negation: it would have to
/// leave out rows that only might meet what is negated. Nor for a condition about the key, which another row may meet. All values are
/// parameters.
/// </summary>
internal sealed class ConditionNarrowing(ServerTable table, Source source, DateOnly today, ServerParameters parameters)
{
    // A number as text, a double and the type of the server may each be rounded. A real has about seven digits.
    private const double Slack = 1e-6;

    // A pattern of SQL Server has at most 4,000 characters.
    private const int LongestText = 1_000;

    public Narrowing Of(ConditionNode node) =>
        node switch
        {
            ConditionGroup { Kind: GroupKind.All } group => Joined(group, " AND "),
            ConditionGroup { Kind: GroupKind.Any } group => Alternatives(group),
            ConditionGroup group => Unexpressed(group),
            Condition condition => Of(condition),
            KeyCondition { Definition: ConditionSegment { Root: var root } } => Unexpressed(root),
            KeyCondition => Narrowing.Nothing,
            _ => throw new NotSupportedException(node.GetType().Name),
        };

    /// <summary>One alternative that is not expressed may be met by every row.</summary>
    private Narrowing Alternatives(ConditionGroup group)
    {
        var written = parameters.Values.Count;
        var joined = Joined(group, " OR ");
        if (group.Parts.Count > 0 && joined.IsWhole)
            return joined;
        parameters.Forget(written);
        return joined.Undone();
    }

    private Narrowing Unexpressed(ConditionGroup group)
    {
        var written = parameters.Values.Count;
        var narrowing = Joined(group, " OR ").Undone();
        parameters.Forget(written);
        return narrowing;
    }

    private Narrowing Joined(ConditionGroup group, string word)
    {
        List<Narrowing> parts = [.. group.Parts.Select(Of)];
        List<string> expressed = [.. parts.Select(part => part.Sql).OfType<string>()];
        return new Narrowing(
            expressed.Count == 0 ? null : $"({string.Join(word, expressed)})",
            [.. parts.SelectMany(part => part.Conditions)]
        )
        {
            IsWhole = expressed.Count == parts.Count,
        };
    }

    private Narrowing Of(Condition condition)
    {
        var (sql, pushdown) = Operators.OppositeOf(condition.Operator) is null ? Write(condition) : (null, Pushdown.None);
        return new Narrowing(sql, [new ConditionReading(condition.Field, condition.Operator, pushdown)]);
    }

    private (string? Sql, Pushdown Pushdown) Write(Condition condition)
    {
        var column = table.Field(source, condition.Field);
        var name = $"p.{table.Dialect.Quote(column.Name)}";
        var type = Operators.ValueType(condition.Operator, source.Fields.First(field => field.Name == condition.Field).Type);
        return condition.Operator switch
        {
            Operator.IsEmpty => table.Dialect.SaysEmpty(column.Family) ? Exact(table.Dialect.IsNull(column)) : (null, Pushdown.None),
            Operator.IsNotEmpty => IsFilled(column.Family is ColumnFamily.Text ? Pushdown.Filled : Pushdown.Values),
            Operator.InLastDays when IsOfDays(column) => Exact(Days(name, column.Family, DayRange.OfLast(condition.Values[0], today))),
            Operator.InNextDays when IsOfDays(column) => Exact(Days(name, column.Family, DayRange.OfNext(condition.Values[0], today))),
            _ when Operators.CountsDays(condition.Operator) => IsFilled(),
            _ when column.Family != ColumnFamily.Text && !table.Dialect.Compares(column.Family, condition.Values) => IsFilled(),
            _ => (type, column.Family) switch
            {
                (FieldType.WholeNumber, ColumnFamily.Whole) => Exact(Whole(name, condition)),
                (FieldType.WholeNumber or FieldType.Number, ColumnFamily.Decimal or ColumnFamily.Float) => Exact(
                    Number(name, column.Family, condition)
                ),
                (FieldType.YesNo, ColumnFamily.YesNo) => Exact(
                    $"{name} = {Cast(FieldValue.TryYesNo(condition.Values[0], out var yes) && yes ? "1" : "0", column.Family)}"
                ),
                (FieldType.Date, _) when IsOfDays(column) => Exact(Day(name, column.Family, condition)),
                (FieldType.Text, ColumnFamily.Text) when HasShortValues(condition) && table.Dialect.TextOf(column) is { } text => Exact(
                    Text(text, condition)
                ),
                _ => IsFilled(),
            },
        };

        (string?, Pushdown) IsFilled(Pushdown pushdown = Pushdown.Filled) => ($"{name} IS NOT NULL", pushdown);
    }

    private static bool HasShortValues(Condition condition) => condition.Values.All(value => value.Length <= LongestText);

    private static (string?, Pushdown) Exact(string sql) => (sql, Pushdown.Values);

    /// <summary>A text in ASCII meets the condition only when its folded form does. All other texts are read.</summary>
    private string Text(TextSql text, Condition condition)
    {
        var wanted = condition.Values.Select(FieldValue.Fold).Where(IsPlain).Distinct().ToList();
        if (wanted.Count == 0)
            return text.IsBeyondAscii;
        var isMet = condition.Operator switch
        {
            Operator.Equal => $"{text.Folded} = {parameters.Add(wanted[0])}",
            Operator.InList => $"{text.Folded} IN ({string.Join(", ", wanted.Select(parameters.Add))})",
            Operator.StartsWith => Like($"{Escaped(wanted[0])}%"),
            Operator.EndsWith => Like($"%{Escaped(wanted[0])}"),
            Operator.Contains => Like($"%{Escaped(wanted[0])}%"),
            _ => throw new NotSupportedException(condition.Operator.ToString()),
        };
        return $"({isMet} OR {text.IsBeyondAscii})";

        string Like(string pattern) => $"{text.Folded} LIKE {parameters.Add(pattern)} ESCAPE '!'";
    }

    private static bool IsPlain(string text) => text.All(letter => letter is >= ' ' and <= '~');

    private static string Escaped(string text) =>
        text.Replace("!", "!!", StringComparison.Ordinal)
            .Replace("%", "!%", StringComparison.Ordinal)
            .Replace("_", "!_", StringComparison.Ordinal)
            .Replace("[", "![", StringComparison.Ordinal);

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

    private string Cast(string value, ColumnFamily family) => table.Dialect.Value(value, family, parameters);

    private static ArgumentException Invalid() => new("The definition is not valid; validate it first.");
}
