namespace KlaviyoExport.Sources.Servers;

/// <summary>Reads the structure of a database: its tables, their columns, and the fields of the profiles in one pass.</summary>
internal static class ServerCatalogue
{
    private const int Looked = 1_000;
    private const int Shown = 10;

    /// <summary>Returns the tables and views of all schemas, without the server's own.</summary>
    public static async Task<IReadOnlyList<ServerRelation>> TablesAsync(ServerSession session, CancellationToken cancellationToken)
    {
        if (await session.AskAsync(session.Dialect.TablesOf, cancellationToken) is { } listed)
            return listed;
        var tables = new List<ServerRelation>();
        await foreach (var row in session.ReadAsync(session.Dialect.Tables, [], cancellationToken))
            tables.Add(new ServerRelation(new ServerName(row[0]!, row[1]!), row[2] == "1", row[3] == "1"));
        return tables;
    }

    /// <summary>Returns the columns that the user may read, in order.</summary>
    public static async Task<IReadOnlyList<ServerColumn>> ColumnsAsync(
        ServerSession session,
        ServerName table,
        CancellationToken cancellationToken
    )
    {
        var dialect = session.Dialect;
        if (dialect.Columns is not { } statement)
            return await DescribeAsync(session, From(dialect, table), cancellationToken);
        var columns = new List<ServerColumn>();
        await foreach (var row in session.ReadAsync(statement, [table.Schema, table.Name], cancellationToken))
            columns.Add(new ServerColumn(row[0]!, row[1]!, dialect.FamilyOf(row[1]!)));
        return columns;
    }

    /// <summary>Returns a table with alias p.</summary>
    public static string From(ServerDialect dialect, ServerName table) =>
        $"{string.Join('.', table.Parts.Select(dialect.Quote))}{dialect.AliasWord}p";

    /// <summary>Returns the columns of a query in order.</summary>
    /// <exception cref="SourceException">The query is wrong, or a column has no name of its own.</exception>
    public static async Task<IReadOnlyList<ServerColumn>> QueryColumnsAsync(
        ServerSession session,
        string query,
        CancellationToken cancellationToken
    )
    {
        var columns = await DescribeAsync(session, SourceQuery.AsTable(query, session.Dialect.AliasWord), cancellationToken);
        SourceQuery.DemandNames(columns.Select(column => column.Name), session.Dialect.Names);
        return columns;
    }

    /// <summary>Returns the columns of a table or query by reading none of its rows.</summary>
    public static async Task<IReadOnlyList<ServerColumn>> DescribeAsync(
        ServerSession session,
        string from,
        CancellationToken cancellationToken
    )
    {
        var dialect = session.Dialect;
        IReadOnlyList<string> values = dialect.DescribeValue is { } value ? [value] : [];
        var columns = await session.DescribeAsync(dialect.DescribeStart + from + dialect.DescribeEnd, values, cancellationToken);
        var types = new Dictionary<string, string>();
        if (dialect.TypeNames is { } all)
        {
            await foreach (var row in session.ReadAsync(all, [], cancellationToken))
                types[row[0]!] = row[1]!;
        }
        return
        [
            .. columns
                .Select(column => (column.Name, Type: types.GetValueOrDefault(column.Type, column.Type)))
                .Select(column => new ServerColumn(column.Name, column.Type, dialect.FamilyOf(column.Type))),
        ];
    }

    /// <summary>Returns a preview from the first rows. It has no fields without a table or query.</summary>
    public static async Task<SourcePreview> PreviewAsync(ServerSession session, SourceDraft draft, CancellationToken cancellationToken)
    {
        IReadOnlyList<SourceTable> tables =
        [
            .. (await TablesAsync(session, cancellationToken))
                .Where(known => known.MayRead)
                .Select(known => new SourceTable(known.Name.ToString(), known.IsView)),
        ];
        if (draft.IsQuery ? session.Reading.Query is null : string.IsNullOrEmpty(draft.Table))
            return new SourcePreview(tables, [], [], [], []);
        var found = await ServerTable.OpenAsync(session, draft.Table, session.Reading.Query, cancellationToken);
        var rows = new List<IReadOnlyList<string?>>();
        var first = session.Dialect.First(Values(found), found.From, Looked);
        var fields = await ProfileAsync(found, draft.Formats, first, rows, Looked, cancellationToken);
        return new SourcePreview(tables, fields, rows, [], LikelyKey.Among(fields, rows));
    }

    /// <exception cref="SourceException">There is no such table or key column, or no row with a key.</exception>
    public static async Task<LoadedProfiles> LoadAsync(ServerSession session, Source source, CancellationToken cancellationToken)
    {
        var table = await ServerTable.OpenAsync(session, source.Table, source.Query, cancellationToken);
        var key = ServerKey.Of(table.Dialect, table.Keys(source));
        var fields = await ProfileAsync(table, source.Formats, $"SELECT {Values(table)} FROM {table.From}", [], null, cancellationToken);
        var statement = $"SELECT {key.Select([key.First])} FROM {table.From}{table.Dialect.OrderBy(key.First)}";
        var keys = session.ReadByKeyAsync(statement, [], key.Parts.Count, [], cancellationToken);
        var malformed = new MalformedRows();
        var profiles = await CountAsync(keys, source, malformed, cancellationToken);
        return profiles > 0
            ? new LoadedProfiles(fields, profiles, malformed)
            : throw new SourceException(
                malformed.Count == 0
                    ? new LocalizedMessage("Sources.HeaderOnly", source.Table ?? source.Name)
                    : new LocalizedMessage("Sources.NoUsableRows", source.Table ?? source.Name, malformed.Count, malformed.First[0].Reason)
            );
    }

    private static string Values(ServerTable table) => string.Join(", ", table.Columns.Select(table.Dialect.ValueOf));

    /// <param name="table">The table.</param>
    /// <param name="formats">How the values of fields are written, as decided by people.</param>
    /// <param name="statement">The statement that reads all columns.</param>
    /// <param name="shown">Receives the first rows.</param>
    /// <param name="most">The number of rows to read, for servers that do not limit them. Null for all.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    internal static async Task<IReadOnlyList<Field>> ProfileAsync(
        ServerTable table,
        IReadOnlyList<FormatChoice> formats,
        string statement,
        List<IReadOnlyList<string?>> shown,
        int? most,
        CancellationToken cancellationToken
    )
    {
        var profilers = table
            .Columns.Select(column => new FieldProfiler(column.Name, column.IsText ? FormatChoice.About(column.Name, formats) : null)
            {
                HasNativeNumbers = !column.IsText,
                IsDeclaredYesNo = column.Family == ColumnFamily.YesNo,
            })
            .ToArray();
        var read = 0;
        await foreach (var row in table.Session.ReadAsync(statement, [], cancellationToken))
        {
            for (var i = 0; i < profilers.Length; i++)
                profilers[i].Add(row[i]);
            if (shown.Count < Shown)
                shown.Add(row);
            if (++read == most)
                break;
        }
        return [.. profilers.Zip(table.Columns, (profiler, column) => Typed(profiler.ToField(), column))];
    }

    private static Field Typed(Field seen, ServerColumn column) => seen with { Type = column.TypeOf(seen), Declared = column.Type };

    private static async Task<long> CountAsync(
        IAsyncEnumerable<string?[]> keys,
        Source source,
        MalformedRows malformed,
        CancellationToken cancellationToken
    )
    {
        var (rows, withKey, profiles) = (0L, 0L, 0L);
        string? last = null;
        await foreach (var row in keys.WithCancellation(cancellationToken))
        {
            rows++;
            if (source.KeyColumns.IsMissing(row[0]))
                continue;
            withKey++;
            profiles += string.Equals(row[0], last, StringComparison.Ordinal) ? 0 : 1;
            last = row[0];
        }
        var name = source.Table ?? source.Name;
        malformed.AddMany(rows - withKey, name, new LocalizedMessage("Sources.RowsNoKey", rows - withKey));
        malformed.AddMany(withKey - profiles, name, new LocalizedMessage("Sources.RowsKeyRepeated", withKey - profiles));
        return profiles;
    }
}
