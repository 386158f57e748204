using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Segments;

/// <summary>Writes the statement of a search for rows of a database server.</summary>
internal static class ServerLookup
{
    /// <returns>
    /// A statement whose rows have the key, a value for each membership (null when the key is not in its table), and the requested values.
    /// </returns>
    public static async Task<ServerQuery> WriteAsync(
        ServerTable table,
        Source source,
        RowSearch search,
        IReadOnlyList<string> fields,
        IReadOnlyList<MembershipSegment> memberships,
        CancellationToken cancellationToken
    )
    {
        var key = table.Dialect.KeyOf(table.Keys(source));
        var parameters = new ServerParameters(table.Dialect);
        var (selected, from) = (new List<string> { key }, table.From);
        foreach (var membership in memberships)
        {
            var name = $"m{selected.Count}";
            from += await ServerQuery.JoinAsync(table, source, membership, name, cancellationToken);
            selected.Add($"CASE WHEN {name}.k IS NULL THEN NULL ELSE '1' END");
        }
        var first = selected.Count;
        selected.AddRange(fields.Select(field => table.Dialect.ValueOf(table.Field(source, field))));
        var where = search switch
        {
            RowSearch.WithKeys { Keys: var wanted } => wanted.Count == 0
                ? "1 = 0"
                : $"{table.Dialect.Exactly(key)} IN ({string.Join(", ", wanted.Select(one => table.Dialect.Exactly(parameters.Add(one))))})",
            RowSearch.WithText { Field: var field } => IsNotNull(field),
            RowSearch.WithAddress { Field: var field } => IsNotNull(field),
            _ => throw new NotSupportedException(search.GetType().Name),
        };
        return new ServerQuery(
            $"SELECT {string.Join(", ", selected)} FROM {from} WHERE {where} ORDER BY {table.Dialect.InOrder(key)}",
            parameters.Values,
            Test(search, first, fields),
            [.. fields.Select((_, place) => first + place)]
        );

        string IsNotNull(string field) => $"p.{table.Dialect.Quote(table.Field(source, field).Name)} IS NOT NULL";
    }

    /// <summary>Collations compare text in different ways, so the rows of a text search are tested here.</summary>
    private static Predicate<string?[]> Test(RowSearch search, int first, IReadOnlyList<string> fields)
    {
        switch (search)
        {
            case RowSearch.WithText { Field: var field, Text: var text }:
                var (place, wanted) = (PlaceOf(field), FieldValue.Fold(text));
                return row => row[place] is { } value && FieldValue.Fold(value).Contains(wanted, StringComparison.Ordinal);
            case RowSearch.WithAddress { Field: var field, Address: var address }:
                var column = PlaceOf(field);
                return row => EmailAddress.TryNormalize(row[column], out var read) && read == address;
            default:
                return _ => true;
        }

        int PlaceOf(string field)
        {
            var place = fields.ToList().IndexOf(field);
            return place < 0 ? throw new ArgumentException($"A search in {field} must request this field.", nameof(fields)) : first + place;
        }
    }
}
