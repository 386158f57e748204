using KlaviyoExport.Sources.Servers;
using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace KlaviyoExport.Sources.Drift;

/// <summary>Looks for tables and columns that are read besides the profiles of a source. It reads the catalog only.</summary>
internal sealed class TableReader(SourceLoader loader, ServerSessions servers, TimeProvider clock)
{
    /// <summary>Returns what is missing.</summary>
    /// <exception cref="SourceException">The source cannot be read. The message says why.</exception>
    public async Task<IReadOnlyList<TableLoss>> ReadAsync(Source source, IReadOnlyList<TableUse> uses, CancellationToken cancellationToken)
    {
        var tables = uses.ToLookup(use => use.Table, use => use.Columns);
        return tables.Count == 0 || !source.Kind.HasTables() ? []
            : source.Kind.IsServer() ? await InServerAsync(source, tables, cancellationToken)
            : await loader.WithSqliteAsync(source, (file, _) => InSqlite(file.Connection, source, tables), cancellationToken);
    }

    private async Task<List<TableLoss>> InServerAsync(
        Source source,
        ILookup<string, KeyColumns> tables,
        CancellationToken cancellationToken
    )
    {
        var losses = new List<TableLoss>();
        ServerSession? session = null;
        try
        {
            foreach (var table in tables)
            {
                session ??= await servers.OpenAsync(source, isGlance: true, cancellationToken);
                // Errors are about this table, and not about the query of the source.
                session.Reading = session.Reading with
                {
                    Subject = table.Key,
                    Query = null,
                };
                try
                {
                    var found = await ServerTable.FindAsync(session, table.Key, cancellationToken);
                    losses.AddRange(MissingIn(source, table, [.. found.Columns.Select(column => column.Name)]));
                }
                catch (SourceException fault) when (!fault.Fault.IsTransient)
                {
                    losses.Add(new TableLoss(table.Key, null, fault.LocalizedMessage, clock.GetUtcNow()));
                    // In some databases an error ends the transaction, and everything after it fails too.
                    await session.DisposeAsync();
                    session = null;
                }
            }
        }
        finally
        {
            if (session is not null)
                await session.DisposeAsync();
        }
        return losses;
    }

    private List<TableLoss> InSqlite(SqliteConnection connection, Source source, ILookup<string, KeyColumns> tables)
    {
        var losses = new List<TableLoss>();
        foreach (var table in tables)
        {
            try
            {
                losses.AddRange(MissingIn(source, table, [.. SqliteSchema.Columns(connection, table.Key).Select(column => column.Name)]));
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_ERROR)
            {
                // A view of something that no longer exists.
                losses.Add(new(table.Key, null, SqliteFile.Explain(exception, source.Name).LocalizedMessage, clock.GetUtcNow()));
            }
        }
        return losses;
    }

    /// <param name="source">The source.</param>
    /// <param name="table">The table, with the columns that are read.</param>
    /// <param name="present">Its columns. Empty when there is no such table.</param>
    private IEnumerable<TableLoss> MissingIn(Source source, IGrouping<string, KeyColumns> table, HashSet<string> present) =>
        present.Count == 0
            ? [new TableLoss(table.Key, null, new LocalizedMessage("Sources.NoTable", source.Name, table.Key), clock.GetUtcNow())]
            : table
                .SelectMany(columns => columns)
                .Distinct()
                .Where(column => !present.Contains(column))
                .Select(column => new TableLoss(
                    table.Key,
                    column,
                    new LocalizedMessage("Sources.NoColumn", source.Name, table.Key, column),
                    clock.GetUtcNow()
                ));
}
