using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Segments;

/// <summary>
/// A statement that selects all members of a selection and possibly other rows, ordered by key, with its parameters and the test for a row.
/// </summary>
/// <param name="IsMember">Tests whether a row is a member.</param>
/// <param name="Wanted">The positions of the requested values in a row. The key comes first.</param>
internal sealed record ServerQuery(string Statement, IReadOnlyList<string> Values, Predicate<string?[]> IsMember, IReadOnlyList<int> Wanted)
{
    // SQL Server accepts 2,100 parameters in a statement. One definition writes at most 400.
    private const int EnoughParameters = 1_000;

    /// <summary>The tests of the selected definitions, in their order, regardless of what is excluded.</summary>
    public IReadOnlyList<Predicate<string?[]>> Each { get; private init; } = [];

    /// <summary>The keys of memberships, where the server does not compare them.</summary>
    public IReadOnlyList<KeySet> Sets { get; init; } = [];

    /// <summary>The number of the last values of a row that the product joins to its key. 0 when the first value is the key.</summary>
    public int KeyParts { get; init; }

    /// <summary>What the server decides of each condition of the selected definitions.</summary>
    public IReadOnlyList<ConditionReading> Conditions { get; private init; } = [];

    /// <summary>
    /// Shows all rows of a key before <see cref="IsMember"/> is called with each of them. Null when each row can be tested by itself.
    /// </summary>
    public Action<IReadOnlyList<string?[]>>? BeginKey { get; private init; }

    public static async Task<ServerQuery> WriteAsync(
        ServerTable table,
        Source source,
        MemberSelection selection,
        IReadOnlyList<string> fields,
        DateOnly today,
        CancellationToken cancellationToken
    )
    {
        var key = ServerKey.Of(table.Dialect, table.Keys(source));
        var parameters = new ServerParameters(table.Dialect);
        var (selected, from) = (new List<string> { key.First }, table.From);
        var (keys, sets) = (SegmentTree.KeysIn(selection), new List<KeySet>());
        var memberships = new Dictionary<MembershipSegment, (string Name, int Place)>();
        foreach (var membership in selection.Taken.Concat(keys.Select(one => one.Definition)).OfType<MembershipSegment>().Distinct())
        {
            var name = $"m{memberships.Count}";
            memberships[membership] = (name, selected.Count);
            from += await JoinAsync(table, source, membership, name, selected, sets, cancellationToken);
        }

        var isKeyIn = new bool[keys.Count];
        var test = new ConditionTest(source.Fields, today, PlaceOf, OfKey);
        IReadOnlyList<Predicate<string?[]>> each = [.. selection.Taken.Select(TestOf)];
        IReadOnlyList<Predicate<string?[]>> tests = [.. keys.Select(one => TestOf(one.Definition))];
        IReadOnlyList<Predicate<string?[]>> excluded = [.. selection.Excluded.Select(OfKey)];
        var narrowing = new ConditionNarrowing(table, source, today, parameters);
        // The rows that decide about a key must be selected too. A membership table is joined to every row.
        var narrowed = selection
            .Taken.Concat(keys.Select(one => one.Definition).Where(definition => definition is ConditionSegment))
            .Select(Narrow)
            .ToList();
        var isNarrow = narrowed.TrueForAll(one => one.Sql is not null);
        IReadOnlyList<int> wanted = [.. fields.Select(PlaceOf)];
        var where = isNarrow ? $" WHERE ({string.Join(" OR ", narrowed.Select(one => one.Sql))})" : "";
        return new ServerQuery(
            $"SELECT {key.Select(selected)} FROM {from}{where}{table.Dialect.OrderBy(key.First)}",
            where.Length == 0 ? [] : parameters.Values,
            row => each.Any(isMet => isMet(row)) && !excluded.Any(isMet => isMet(row)),
            wanted
        )
        {
            Each = each,
            Sets = sets,
            KeyParts = key.Parts.Count,
            Conditions = [.. narrowed.Take(selection.Taken.Count).SelectMany(one => (isNarrow ? one : one.Undone()).Conditions)],
            BeginKey = keys.Count == 0 ? null : Begin,
        };

        void Begin(IReadOnlyList<string?[]> rows)
        {
            for (var i = 0; i < isKeyIn.Length; i++)
                isKeyIn[i] = rows.Any(row => tests[i](row));
        }

        Predicate<string?[]> OfKey(KeyCondition one)
        {
            var place = keys.IndexOf(one);
            return _ => isKeyIn[place];
        }

        Predicate<string?[]> TestOf(SegmentDefinition definition)
        {
            if (definition is ConditionSegment { Root: var root })
                return test.Of(root);
            var place = memberships[(MembershipSegment)definition].Place;
            return row => row[place] is not null;
        }

        Narrowing Narrow(SegmentDefinition definition) =>
            definition switch
            {
                MembershipSegment when !table.Dialect.SortsKeys => Narrowing.Nothing,
                MembershipSegment membership => new Narrowing($"{memberships[membership].Name}.k IS NOT NULL", []),
                ConditionSegment { Root: var root } when parameters.Values.Count < EnoughParameters => narrowing.Of(root),
                _ => Narrowing.Nothing,
            };

        int PlaceOf(string field)
        {
            var value = table.Dialect.ValueOf(table.Field(source, field));
            var place = selected.IndexOf(value, 1);
            if (place < 0)
                selected.Add(value);
            return place < 0 ? selected.Count - 1 : place;
        }
    }

    /// <summary>
    /// Selects whether the key of a row is in a membership: '1' or null. Returns the join for it, or adds the keys to those that the product
    /// compares.
    /// </summary>
    /// <param name="table">The table of the profiles, which is opened for the source.</param>
    /// <param name="source">The source.</param>
    /// <param name="membership">The membership.</param>
    /// <param name="name">The alias of the join.</param>
    /// <param name="selected">The selected values.</param>
    /// <param name="sets">The keys that the product compares.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SourceException">
    /// There is no such table or column, or the key of the source has another number of columns.
    /// </exception>
    public static async Task<string> JoinAsync(
        ServerTable table,
        Source source,
        MembershipSegment membership,
        string name,
        List<string> selected,
        List<KeySet> sets,
        CancellationToken cancellationToken
    )
    {
        var (dialect, keys) = (table.Dialect, table.Keys(source));
        var other = await ServerTable.FindAsync(table.Session, membership.Table, cancellationToken);
        if (membership.KeyColumns.Count != keys.Count)
            throw new SourceException(
                new LocalizedMessage("Sources.MembershipKeys", source.Name, keys.Count, membership.Table, membership.KeyColumns.Count)
            );
        IReadOnlyList<ServerColumn> columns =
        [
            .. membership.KeyColumns.Select(column =>
                other.Find(column)
                ?? throw new SourceException(new LocalizedMessage("Sources.NoColumn", source.Name, membership.Table, column))
            ),
        ];
        if (!dialect.SortsKeys)
        {
            var statement = $"SELECT {string.Join(", ", columns.Select(dialect.KeyOf))} FROM {other.From}";
            sets.Add(new KeySet(selected.Count, statement, keys, columns));
            selected.Add(KeySet.Placeholder);
            return "";
        }
        selected.Add($"CASE WHEN {name}.k IS NULL THEN NULL ELSE '1' END");
        // Each key once, so that the join does not duplicate rows. A join, because IN is slow when it is combined with other conditions
        // by OR.
        return $" LEFT JOIN (SELECT DISTINCT {dialect.Exactly(dialect.KeyOf(columns, keys))} AS k FROM {other.From}) AS {name} "
            + $"ON {name}.k = {dialect.Exactly(dialect.KeyOf(keys, columns))}";
    }
}
