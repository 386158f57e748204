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
        var key = ServerKey.Of(table.Dialect, table.Keys(source));
        var (parameters, sets) = (new ServerParameters(table.Dialect), new List<KeySet>());
        var (selected, from) = (new List<string> { key.First }, table.From);
        foreach (var membership in memberships)
        {
            var name = $"m{selected.Count}";
            from += await ServerQuery.JoinAsync(table, source, membership, name, selected, sets, cancellationToken);
        }
        var first = selected.Count;
        selected.AddRange(fields.Select(field => table.Dialect.ValueOf(table.Field(source, field))));
        var where = search switch
        {
            RowSearch.WithKeys { Keys: var wanted } => wanted.Count == 0
                ? "1 = 0"
                : table.Dialect.KeyIn(table.Keys(source), wanted, parameters),
            RowSearch.WithText { Field: var field } => IsNotNull(field),
            RowSearch.WithAddress { Field: var field } => IsNotNull(field),
            _ => throw new NotSupportedException(search.GetType().Name),
        };
        return new ServerQuery(
            $"SELECT {key.Select(selected)} FROM {from}{(where is null ? "" : $" WHERE {where}")}{table.Dialect.OrderBy(key.First)}",
            parameters.Values,
            Test(search, first, fields),
            [.. fields.Select((_, place) => first + place)]
        )
        {
            Sets = sets,
            KeyParts = key.Parts.Count,
        };

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
            case RowSearch.WithKeys { Keys: var keys }:
                var these = keys.ToHashSet(StringComparer.Ordinal);
                return row => these.Contains(row[0]!);
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
