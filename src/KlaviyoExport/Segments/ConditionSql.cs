using System.Globalization;
using System.Text.Json;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Segments;

/// <summary>
/// Writes definitions as an SQL condition of one command. Column names are those of the table in the source, and all values are
/// parameters. A comparison with an invalid value is null, which no group treats as true; conditions are never negated.
/// </summary>
internal sealed class ConditionSql(ProfileTable table, DateOnly today, SqliteParameterCollection parameters)
{
    /// <summary>Writes a condition that is true for the members of any of the definitions.</summary>
    public string AnyOf(IEnumerable<SegmentDefinition> definitions) => Join(" OR ", [.. definitions.Select(Of)], none: "0");

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

    private string Of(SegmentDefinition definition) =>
        definition switch
        {
            ConditionSegment conditions => Of(conditions.Root),
            MembershipSegment membership => table.IsKeyIn(membership.Table, membership.KeyColumn),
            _ => throw new NotSupportedException(definition.GetType().Name),
        };

    private string Of(ConditionNode node) =>
        node switch
        {
            ConditionGroup group => Join(group.Kind == GroupKind.All ? " AND " : " OR ", [.. group.Parts.Select(Of)], none: "1"),
            Condition condition => Of(condition),
            _ => throw new NotSupportedException(node.GetType().Name),
        };

    private string Of(Condition condition)
    {
        var column = table.Column(condition.Field);
        var type = Operators.ValueType(condition.Operator, table.Fields.First(field => field.Name == condition.Field).Type);
        var values = condition.Values;
        return condition.Operator switch
        {
            Operator.IsEmpty => SqlName.IsEmpty(column),
            Operator.IsNotEmpty => $"NOT ({SqlName.IsEmpty(column)})",
            Operator.Equal or Operator.On => $"{Meaning(column, type)} = {Value(values[0], type)}",
            Operator.NotEqual => $"({SqlName.IsEmpty(column)} OR {Meaning(column, type)} <> {Value(values[0], type)})",
            Operator.Greater or Operator.After => $"{Meaning(column, type)} > {Value(values[0], type)}",
            Operator.Less or Operator.Before => $"{Meaning(column, type)} < {Value(values[0], type)}",
            Operator.Between => $"{Meaning(column, type)} BETWEEN {Value(values[0], type)} AND {Value(values[1], type)}",
            Operator.Contains => $"instr({Meaning(column, type)}, {Value(values[0], type)}) > 0",
            Operator.StartsWith => $"instr({Meaning(column, type)}, {Value(values[0], type)}) = 1",
            Operator.InList => $"{ListMeaning(column, type)} IN (SELECT value FROM json_each({List(values, type)}))",
            Operator.InLastDays => InLastDays(column, values[0]),
            _ => throw new NotSupportedException(condition.Operator.ToString()),
        };
    }

    private string InLastDays(string column, string days)
    {
        var first = Math.Max(0, today.DayNumber - int.Parse(days, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        return $"{ProfileFunctions.Day}({column}) BETWEEN {Parameter((long)first)} AND {Parameter((long)today.DayNumber)}";
    }

    private static string Meaning(string column, FieldType type) =>
        type switch
        {
            FieldType.WholeNumber => $"{ProfileFunctions.Whole}({column})",
            FieldType.Number => $"{ProfileFunctions.Number}({column})",
            FieldType.YesNo => $"{ProfileFunctions.YesNo}({column})",
            FieldType.Date => $"{ProfileFunctions.Day}({column})",
            _ => $"{ProfileFunctions.Fold}({column})",
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
    private static string ListMeaning(string column, FieldType type) =>
        type == FieldType.Number ? $"{ProfileFunctions.NumberText}({column})" : Meaning(column, type);

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
