namespace KlaviyoExport.Sources.Servers;

/// <summary>A table, view or query of a database server, with its columns as the server names them. All names in SQL come from here.</summary>
/// <param name="session">The session.</param>
/// <param name="from">The table or the query, with alias p.</param>
/// <param name="columns">The columns.</param>
internal sealed class ServerTable(ServerSession session, string from, IReadOnlyList<ServerColumn> columns)
{
    public ServerSession Session => session;

    public ServerDialect Dialect => session.Dialect;

    public IReadOnlyList<ServerColumn> Columns => columns;

    /// <summary>The table or the query, with alias p.</summary>
    public string From => from;

    /// <summary>Opens the query of a source, or its table.</summary>
    /// <exception cref="SourceException">There is no such table or view, the user may not read it, or the query is wrong.</exception>
    public static async Task<ServerTable> OpenAsync(
        ServerSession session,
        string? table,
        string? query,
        CancellationToken cancellationToken
    ) =>
        query is null
            ? await FindAsync(session, table!, cancellationToken)
            : new ServerTable(
                session,
                SourceQuery.AsTable(query, session.Dialect.AliasWord),
                await ServerCatalogue.QueryColumnsAsync(session, query, cancellationToken)
            );

    /// <param name="session">The session. Its error messages name the table from now on.</param>
    /// <param name="table">Schema and name as one text.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SourceException">There is no such table or view, or the user may not read it.</exception>
    public static async Task<ServerTable> FindAsync(ServerSession session, string table, CancellationToken cancellationToken)
    {
        // A driver that lists tables slowly can describe one.
        var relation = session.Dialect.Columns is null
            ? new ServerRelation(ServerName.Parse(table), IsView: false, MayRead: true)
            : (await ServerCatalogue.TablesAsync(session, cancellationToken)).FirstOrDefault(known => known.Name.ToString() == table)
                ?? throw new SourceException(new LocalizedMessage("Sources.NoTable", session.Reading.Name, table));
        if (!relation.MayRead)
            throw new SourceException(new LocalizedMessage("Sources.NoPermission", session.Reading.Server.User, table));
        if (session.Reading.Subject == session.Reading.Name)
            session.Reading = session.Reading with { Subject = table };
        var from = ServerCatalogue.From(session.Dialect, relation.Name);
        var columns = await ServerCatalogue.ColumnsAsync(session, relation.Name, cancellationToken);
        // A catalogue may lack the columns of a view that cannot be read.
        return new ServerTable(
            session,
            from,
            columns.Count > 0 ? columns : await ServerCatalogue.DescribeAsync(session, from, cancellationToken)
        );
    }

    /// <summary>Returns the key columns.</summary>
    /// <exception cref="SourceException">A column no longer exists.</exception>
    public IReadOnlyList<ServerColumn> Keys(Source source) =>
        [
            .. source.KeyColumns.Select(key =>
                Find(key) ?? throw new SourceException(new LocalizedMessage("Sources.NoKeyColumn", source.Name, key))
            ),
        ];

    /// <summary>Returns the column of a field.</summary>
    /// <exception cref="SourceException">
    /// The source has no such field, or it is no longer text and its values are no longer written as its format says.
    /// </exception>
    public ServerColumn Field(Source source, string field) =>
        (source.Fields.Find(known => known.Name == field), Find(field)) switch
        {
            (null, _) or (_, null) => throw new SourceException(new LocalizedMessage("Sources.NoField", source.Name, field)),
            ({ Format: var format }, { IsText: false }) when format != FieldFormat.Standard => throw new SourceException(
                new LocalizedMessage("Sources.FieldRetyped", source.Name, field)
            ),
            (_, { } column) => column,
        };

    public ServerColumn? Find(string name) => columns.FirstOrDefault(column => column.Name == name);
}
