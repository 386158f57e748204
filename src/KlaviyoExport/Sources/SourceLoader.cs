using KlaviyoExport.Sources.Csv;
using KlaviyoExport.Sources.Servers;
using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Sources;

/// <summary>
/// Loads a source or looks into one. Files are read on a thread of the pool, in one go; servers are waited for.
/// </summary>
internal sealed class SourceLoader(SourcePaths paths, ServerSessions servers)
{
    /// <param name="source">Not changed.</param>
    /// <param name="staging">Full path of the file to make for a CSV.</param>
    /// <param name="cancellationToken">Stops between two rows.</param>
    /// <exception cref="SourceException">It cannot be loaded; the message says why.</exception>
    public Task<LoadedProfiles> LoadAsync(Source source, string staging, CancellationToken cancellationToken) =>
        source.Kind switch
        {
            SourceKind.Csv => Task.Run(
                () =>
                    CsvLoader.Load(
                        CsvFiles.Of(source.Location, paths),
                        CsvDelimiter.Parse(source.Delimiter),
                        source.KeyColumn,
                        staging,
                        cancellationToken
                    ),
                cancellationToken
            ),
            SourceKind.Sqlite => Task.Run(
                () =>
                    WithDatabase(
                        source.Location,
                        source.Name,
                        file => SqliteCatalogue.Load(file, source, cancellationToken),
                        cancellationToken
                    ),
                cancellationToken
            ),
            _ => LoadServerAsync(source, cancellationToken),
        };

    /// <param name="draft">Of a file.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    /// <exception cref="SourceException">It cannot be read; the message says why.</exception>
    public Task<SourcePreview> PreviewAsync(SourceDraft draft, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
                draft.Kind == SourceKind.Csv
                    ? CsvPreview.Of(CsvFiles.Of(draft.Location.Trim(), paths), CsvDelimiter.Parse(draft.Delimiter), cancellationToken)
                    : WithDatabase(
                        draft.Location.Trim(),
                        Path.GetFileName(draft.Location.Trim()),
                        file =>
                            SqliteCatalogue.Preview(
                                file.Connection,
                                Path.GetFileName(draft.Location.Trim()),
                                draft.Table,
                                cancellationToken
                            ),
                        cancellationToken
                    ),
            cancellationToken
        );

    /// <summary>Looks into a database server.</summary>
    /// <exception cref="SourceException">It cannot be read; the message says why.</exception>
    public async Task<SourcePreview> PreviewAsync(
        SourceKind kind,
        SourceServer server,
        string password,
        string? table,
        CancellationToken cancellationToken
    )
    {
        await using var session = await servers.OpenAsync(kind, server, password, server.Database, isGlance: true, cancellationToken);
        return await ServerCatalogue.PreviewAsync(session, table, cancellationToken);
    }

    /// <summary>The tables of a database and the columns of each.</summary>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ColumnsAsync(Source source, CancellationToken cancellationToken) =>
        source.Kind.IsServer()
            ? ServerColumnsAsync(source, cancellationToken)
            : Task.Run(
                () =>
                    WithDatabase<IReadOnlyDictionary<string, IReadOnlyList<string>>>(
                        source.Location,
                        source.Name,
                        file =>
                            SqliteSchema
                                .Tables(file.Connection)
                                .ToDictionary(
                                    table => table.Name,
                                    table =>
                                        (IReadOnlyList<string>)
                                            [.. SqliteSchema.Columns(file.Connection, table.Name).Select(column => column.Name)]
                                ),
                        cancellationToken
                    ),
                cancellationToken
            );

    private async Task<LoadedProfiles> LoadServerAsync(Source source, CancellationToken cancellationToken)
    {
        await using var session = await servers.OpenAsync(source, isGlance: false, cancellationToken);
        return await ServerCatalogue.LoadAsync(session, source, cancellationToken);
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ServerColumnsAsync(
        Source source,
        CancellationToken cancellationToken
    )
    {
        await using var session = await servers.OpenAsync(source, isGlance: true, cancellationToken);
        var tables = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var table in (await ServerCatalogue.TablesAsync(session, cancellationToken)).Where(table => table.MayRead))
            tables[table.Name.ToString()] =
            [
                .. (await ServerCatalogue.ColumnsAsync(session, table.Name, cancellationToken)).Select(column => column.Name),
            ];
        return tables;
    }

    private T WithDatabase<T>(string location, string name, Func<SqliteFile, T> read, CancellationToken cancellationToken)
    {
        var path = paths.Resolve(location);
        if (Directory.Exists(path))
            throw new SourceException(new LocalizedMessage("Sources.IsAFolder", location));
        try
        {
            using var file = SqliteFile.Open(path);
            using var interruption = file.InterruptBy(cancellationToken);
            var found = read(file);
            file.DemandUnchanged();
            return found;
        }
        catch (SqliteException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw SqliteFile.Explain(exception, name);
        }
    }
}
