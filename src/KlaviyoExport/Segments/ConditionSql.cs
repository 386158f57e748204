using System.Globalization;
using System.Text.Json;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Segments;

/// <summary>
/// Writes definitions as an SQL condition of one command. Column names are those of the table in the source, and all values are
/// parameters. A comparison with an empty or invalid value may be null, so a negation is written as IS NOT TRUE.
/// </summary>
internal sealed class ConditionSql(ProfileTable table, DateOnly today, SqliteParameterCollection parameters)
{
    /// <summary>Writes a condition that is true for the members of a selection.</summary>
    public string Of(MemberSelection selection)
    {
        var members = Join(" OR ", [.. selection.Taken.Select(Of)], none: "0");
        return selection.Excluded.Count == 0
            ? members
            : $"({members} AND ({Join(" OR ", [.. selection.Excluded.Select(OfKey)], none: "0")}) IS NOT TRUE)";
    }

    /// <summary>Writes a condition that is true for the rows of a search.</summary>
    public string Of(RowSearch search) =>
        search switch
        {
            RowSearch.WithKeys { Keys: var keys } =>
                $"{table.Key} COLLATE BINARY IN (SELECT value FROM json_each({Parameter(JsonSerializer.Serialize(keys))}))",
            RowSearch.WithAddress { Field: var field, Address: var address } =>
                $"{ProfileFunctions.Address}({table.Column(field)}) = {Parameter(address)}",
            RowSearch.WithText { Field: var field, Text: var text } => Of(new Condition(field, Operator.Contains, [text])),
            _ => throw new NotSupportedException(search.GetType().Name),
        };

    /// <summary>Writes a condition that is true for the rows of a definition.</summary>
    public string Of(SegmentDefinition definition) =>
        definition switch
        {
            ConditionSegment conditions => Of(conditions.Root),
            MembershipSegment membership => table.IsKeyIn(membership.Table, membership.KeyColumns),
            _ => throw new NotSupportedException(definition.GetType().Name),
        };

    private string Of(ConditionNode node) =>
        node switch
        {
            ConditionGroup { Kind: GroupKind.None, Parts: { Count: > 0 } parts } =>
                $"({Join(" OR ", [.. parts.Select(Of)], none: "0")}) IS NOT TRUE",
            ConditionGroup group => Join(group.Kind == GroupKind.All ? " AND " : " OR ", [.. group.Parts.Select(Of)], none: "1"),
            Condition condition => Of(condition),
            KeyCondition key => OfKey(key),
            _ => throw new NotSupportedException(node.GetType().Name),
        };

    // In a table with several rows of a key, another row may be the one that is a member. The inner table has alias p too, which hides the
    // outer one.
    private string OfKey(KeyCondition key) =>
        table.KeysAreUnique || key.Definition is MembershipSegment
            ? Of(key.Definition)
            : $"{table.Key} COLLATE BINARY IN (SELECT {table.Key} FROM {table.From} WHERE {table.HasKey} AND ({Of(key.Definition)}))";

    private string Of(Condition condition)
    {
        if (Operators.OppositeOf(condition.Operator) is { } opposite)
            return $"({Of(condition with { Operator = opposite })}) IS NOT TRUE";
        var column = table.Value(condition.Field);
        var type = Operators.ValueType(condition.Operator, table.Fields.First(field => field.Name == condition.Field).Type);
        var values = condition.Values;
        return condition.Operator switch
        {
            Operator.IsEmpty => column.IsEmpty,
            Operator.IsNotEmpty => $"NOT ({column.IsEmpty})",
            Operator.Equal or Operator.On => $"{Meaning(column, type)} = {Value(values[0], type)}",
            Operator.Greater or Operator.After => $"{Meaning(column, type)} > {Value(values[0], type)}",
            Operator.Less or Operator.Before => $"{Meaning(column, type)} < {Value(values[0], type)}",
            Operator.Between => $"{Meaning(column, type)} BETWEEN {Value(values[0], type)} AND {Value(values[1], type)}",
            Operator.Contains => $"instr({Meaning(column, type)}, {Value(values[0], type)}) > 0",
            Operator.StartsWith => $"instr({Meaning(column, type)}, {Value(values[0], type)}) = 1",
            Operator.InList => $"{ListMeaning(column, type)} IN (SELECT value FROM json_each({List(values, type)}))",
            Operator.EndsWith =>
                $"{ProfileFunctions.EndsWith}(CAST({Meaning(column, type)} AS BLOB), CAST({Value(values[0], type)} AS BLOB))",
            Operator.InLastDays => Days(column, DayRange.OfLast(values[0], today)),
            Operator.InNextDays => Days(column, DayRange.OfNext(values[0], today)),
            Operator.Anniversary => $"{ProfileFunctions.FromAnniversary}({column.Day}, {Parameter((long)today.DayNumber)}) "
                + $"<= {Parameter((long)DayRange.Number(values[0]))}",
            _ => throw new NotSupportedException(condition.Operator.ToString()),
        };
    }

    private string Days(ColumnSql column, DayRange range) =>
        $"{column.Day} BETWEEN {Parameter((long)range.First.DayNumber)} AND {Parameter((long)range.Last.DayNumber)}";

    private static string Meaning(ColumnSql column, FieldType type) =>
        type switch
        {
            FieldType.WholeNumber => column.Whole,
            FieldType.Number => column.Number,
            FieldType.YesNo => column.YesNo,
            FieldType.Date => column.Day,
            _ => column.Folded,
        };

    private string Value(string value, FieldType type) =>
        type switch
        {
            FieldType.WholeNumber when FieldValue.TryWhole(value, out var whole) => Parameter(whole),
            FieldType.Number when FieldValue.TryNumber(value, out var number) => Parameter(number),
            FieldType.YesNo when FieldValue.TryYesNo(value, out var yes) => Parameter(yes ? 1L : 0L),
            FieldType.Date when FieldValue.TryDay(value, out var day) => Parameter((long)day.DayNumber),
            FieldType.Text => Parameter(FieldValue.Fold(value)),
            _ => throw new ArgumentException("The definition is not valid; validate it first.", nameof(value)),
        };

    // SQLite parses the numbers in a JSON text itself, and not always to the same bit as .NET. Text is compared exactly.
    private static string ListMeaning(ColumnSql column, FieldType type) =>
        type == FieldType.Number ? column.NumberText : Meaning(column, type);

    private string List(IReadOnlyList<string> values, FieldType type) =>
        Parameter(
            type switch
            {
                FieldType.WholeNumber => JsonSerializer.Serialize(
                    values.Select(value => FieldValue.TryWhole(value, out var whole) ? whole : (long?)null)
                ),
                FieldType.Number => JsonSerializer.Serialize(
                    values.Select(value => FieldValue.TryNumber(value, out var number) ? FieldValue.Spell(number) : null)
                ),
                _ => JsonSerializer.Serialize(values.Select(FieldValue.Fold)),
            }
        );

    private string Parameter(object value)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"@v{parameters.Count}");
        parameters.AddWithValue(name, value);
        return name;
    }

    private static string Join(string separator, IReadOnlyList<string> parts, string none) =>
        parts.Count == 0 ? none : $"({string.Join(separator, parts.Select(part => $"({part})"))})";
}
