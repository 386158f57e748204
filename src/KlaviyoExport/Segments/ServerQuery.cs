using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Segments;

/// <summary>
/// A statement that selects all members of definitions and possibly other rows, with its parameters and the test for a row.
/// </summary>
/// <param name="IsMember">Tests whether a row is a member.</param>
/// <param name="Wanted">The positions of the requested values in a row. The key comes first.</param>
internal sealed record ServerQuery(string Statement, IReadOnlyList<string> Values, Predicate<string?[]> IsMember, IReadOnlyList<int> Wanted)
{
    // SQL Server accepts 2,100 parameters in a statement. One definition writes at most 400.
    private const int EnoughParameters = 1_000;

    public static async Task<ServerQuery> WriteAsync(
        ServerTable table,
        Source source,
        IReadOnlyList<SegmentDefinition> definitions,
        IReadOnlyList<string> fields,
        DateOnly today,
        CancellationToken cancellationToken
    )
    {
        var key = table.Dialect.KeyOf(table.Key(source));
        var parameters = new ServerParameters(table.Dialect);
        var selected = new List<string> { key };
        var narrowing = new ConditionNarrowing(table, source, today, parameters);
        var test = new ConditionTest(source.Fields, today, PlaceOf);
        var (tests, conditions, from) = (new List<Predicate<string?[]>>(), new List<string?>(), table.From);
        foreach (var definition in definitions)
        {
            if (definition is ConditionSegment { Root: var root })
            {
                tests.Add(test.Of(root));
                conditions.Add(parameters.Values.Count < EnoughParameters ? narrowing.Of(root) : null);
                continue;
            }
            // Each key once, so that the join does not duplicate rows. A join, because IN is slow when it is combined with other
            // conditions by OR.
            var (members, name, place) = (
                await KeysAsync(table, source, (MembershipSegment)definition, cancellationToken),
                $"m{tests.Count}",
                selected.Count
            );
            from += $" LEFT JOIN ({members}) AS {name} ON {name}.k = {table.Dialect.Exactly(key)}";
            selected.Add($"CASE WHEN {name}.k IS NULL THEN NULL ELSE '1' END");
            tests.Add(row => row[place] is not null);
            conditions.Add($"{name}.k IS NOT NULL");
        }
        IReadOnlyList<int> wanted = [.. fields.Select(PlaceOf)];
        var where = conditions.Contains(null) ? "" : $" WHERE ({string.Join(" OR ", conditions)})";
        return new ServerQuery(
            $"SELECT {string.Join(", ", selected)} FROM {from}{where} ORDER BY {table.Dialect.InOrder(key)}",
            where.Length == 0 ? [] : parameters.Values,
            row => tests.Exists(isMet => isMet(row)),
            wanted
        );

        int PlaceOf(string field)
        {
            var value = table.Dialect.ValueOf(table.Field(source, field));
            var place = selected.IndexOf(value, 1);
            if (place < 0)
                selected.Add(value);
            return place < 0 ? selected.Count - 1 : place;
        }
    }

    /// <summary>Writes a query for the distinct keys of a membership, in a column k.</summary>
    public static async Task<string> KeysAsync(
        ServerTable table,
        Source source,
        MembershipSegment membership,
        CancellationToken cancellationToken
    )
    {
        var other = await ServerTable.FindAsync(table.Session, membership.Table, cancellationToken);
        var column =
            other.Find(membership.KeyColumn)
            ?? throw new SourceException(new LocalizedMessage("Sources.NoColumn", source.Name, membership.Table, membership.KeyColumn));
        return $"SELECT DISTINCT {table.Dialect.Exactly(table.Dialect.KeyOf(column))} AS k FROM {other.From}";
    }
}
