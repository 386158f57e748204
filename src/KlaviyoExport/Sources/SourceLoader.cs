using KlaviyoExport.Sources.Csv;
using KlaviyoExport.Sources.Disk;
using KlaviyoExport.Sources.Files;
using KlaviyoExport.Sources.Remote;
using KlaviyoExport.Sources.Servers;
using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources;

/// <summary>Loads or tests a source. Files are read synchronously on a thread-pool thread, servers asynchronously.</summary>
internal sealed class SourceLoader(
    SourcePaths paths,
    ServerSessions servers,
    RemoteLoader remote,
    DataDisk disk,
    IOptions<SourceOptions> options
)
{
    /// <param name="source">The source. It is not changed.</param>
    /// <param name="staging">The full path of the staging file to create for CSV.</param>
    /// <param name="kept">The files of a store in the load that is still there. Null to load in any case.</param>
    /// <param name="cancellationToken">Checked between two rows.</param>
    /// <returns>Null when the files of a store are those of the load that is still there.</returns>
    /// <exception cref="SourceException">The source cannot be loaded. The message says why.</exception>
    public async Task<LoadedProfiles?> LoadAsync(Source source, string staging, RemoteLoad? kept, CancellationToken cancellationToken) =>
        source.Kind.IsRemoteFiles()
            ? await remote.LoadAsync(source, ReadingOf(source), staging, kept, cancellationToken)
            : await LoadAsync(source, staging, cancellationToken);

    private Task<LoadedProfiles> LoadAsync(Source source, string staging, CancellationToken cancellationToken) =>
        source.Kind switch
        {
            SourceKind.Csv => Task.Run(() => LoadCsv(source, staging, cancellationToken), cancellationToken),
            SourceKind.Sqlite => Task.Run(
                () =>
                    WithDatabase(
                        source.Location,
                        source.Name,
                        source.Query is null ? null : options.Value.StatementTimeout,
                        (file, token) => SqliteCatalogue.Load(file, source, token),
                        cancellationToken
                    ),
                cancellationToken
            ),
            _ => LoadServerAsync(source, cancellationToken),
        };

    private LoadedProfiles LoadCsv(Source source, string staging, CancellationToken cancellationToken)
    {
        disk.DemandReserve();
        return CsvLoader.Load(
            CsvFiles.Of(source.Location, paths),
            ReadingOf(source),
            source.KeyColumns,
            source.Formats,
            staging,
            disk.Look()?.Usable,
            cancellationToken
        );
    }

    /// <param name="draft">The draft of a file source.</param>
    /// <param name="kept">The columns of files that are read. Null for all.</param>
    /// <param name="cancellationToken">Cancels the test.</param>
    /// <exception cref="SourceException">The source cannot be read. The message says why.</exception>
    public Task<SourcePreview> PreviewAsync(SourceDraft draft, IReadOnlyList<string>? kept, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
                draft.Kind.IsFiles()
                    ? CsvPreview.Of(
                        CsvFiles.Of(draft.Location.Trim(), paths),
                        Reading(draft.Delimiter, draft.Dialect.Checked()) with
                        {
                            Kept = kept,
                        },
                        draft.Formats,
                        cancellationToken
                    )
                    : WithDatabase(
                        draft.Location.Trim(),
                        Path.GetFileName(draft.Location.Trim()),
                        draft.IsQuery ? options.Value.GlanceTimeout : null,
                        (file, token) => SqliteCatalogue.Preview(file.Connection, Path.GetFileName(draft.Location.Trim()), draft, token),
                        cancellationToken
                    ),
            cancellationToken
        );

    /// <summary>Tests files in a store.</summary>
    /// <exception cref="SourceException">The files cannot be read. The message says why.</exception>
    public Task<SourcePreview> PreviewAsync(SourceDraft draft, RemoteFiles files, string secret, CancellationToken cancellationToken) =>
        remote.PreviewAsync(draft, files, secret, Reading(draft.Delimiter, draft.Dialect.Checked()), cancellationToken);

    /// <summary>Reads the first rows of the newest file in a store, if the files have changed since the last look.</summary>
    /// <exception cref="SourceException">The files cannot be read. The message says why.</exception>
    public Task<RemoteLook> LookAsync(Source source, IReadOnlyList<FormatChoice> formats, CancellationToken cancellationToken) =>
        remote.LookAsync(source, ReadingOf(source), formats, cancellationToken);

    /// <summary>Tests a database server.</summary>
    /// <exception cref="SourceException">The server cannot be read. The message says why.</exception>
    public async Task<SourcePreview> PreviewAsync(
        SourceKind kind,
        SourceServer server,
        string password,
        SourceDraft draft,
        CancellationToken cancellationToken
    )
    {
        var query = draft.IsQuery && !string.IsNullOrWhiteSpace(draft.Query) ? SourceQuery.Of(draft.Query, kind) : null;
        await using var session = await servers.OpenAsync(
            kind,
            server,
            password,
            server.Odbc?.Place ?? server.Database,
            query,
            isGlance: true,
            cancellationToken
        );
        return await ServerCatalogue.PreviewAsync(session, draft, cancellationToken);
    }

    /// <summary>Returns the tables of a database and their columns.</summary>
    public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ColumnsAsync(Source source, CancellationToken cancellationToken) =>
        source.Kind.IsServer()
            ? ServerColumnsAsync(source, cancellationToken)
            : Task.Run(
                () =>
                    WithDatabase<IReadOnlyDictionary<string, IReadOnlyList<string>>>(
                        source.Location,
                        source.Name,
                        timeout: null,
                        (file, _) =>
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

    /// <summary>Reads the file of a SQLite source.</summary>
    /// <exception cref="SourceException">The file cannot be read. The message says why.</exception>
    public Task<T> WithSqliteAsync<T>(Source source, Func<SqliteFile, CancellationToken, T> read, CancellationToken cancellationToken) =>
        Task.Run(
            () =>
                WithDatabase(
                    source.Location,
                    source.Name,
                    source.Query is null ? null : options.Value.GlanceTimeout,
                    read,
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
        if (await session.AskAsync(session.Dialect.ColumnNamesOf, cancellationToken) is { } listed)
            return listed;
        var tables = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var table in (await ServerCatalogue.TablesAsync(session, cancellationToken)).Where(table => table.MayRead))
            tables[table.Name.ToString()] =
            [
                .. (await ServerCatalogue.ColumnsAsync(session, table.Name, cancellationToken)).Select(column => column.Name),
            ];
        return tables;
    }

    private FileReading ReadingOf(Source source) => Reading(source.Delimiter, source.Dialect) with { Kept = source.KeptFields };

    private FileReading Reading(string? delimiter, FileDialect? dialect) =>
        new(CsvDelimiter.Parse(delimiter), dialect ?? new FileDialect(), new PackedLimits(options.Value.MaxUnpackedBytes));

    /// <param name="location">The full path of the database.</param>
    /// <param name="name">The name of the source in error messages.</param>
    /// <param name="timeout">The longest time that the query of a person may take. Null when there is no query.</param>
    /// <param name="read">Reads the database until its token is canceled.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    private T WithDatabase<T>(
        string location,
        string name,
        TimeSpan? timeout,
        Func<SqliteFile, CancellationToken, T> read,
        CancellationToken cancellationToken
    )
    {
        var path = paths.Resolve(location);
        if (Directory.Exists(path))
            throw new SourceException(new LocalizedMessage("Sources.IsAFolder", location));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (timeout is { } longest)
            patience.CancelAfter(longest);
        try
        {
            using var file = SqliteFile.Open(path, isOfQuery: timeout is not null);
            using var interruption = file.InterruptBy(patience.Token);
            var found = read(file, patience.Token);
            file.DemandUnchanged();
            return found;
        }
        catch (SqliteException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw patience.IsCancellationRequested
                ? new SourceException(SourceFault.TimedOut(name, timeout!.Value))
                : SqliteFile.Explain(exception, name);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SourceException(SourceFault.TimedOut(name, timeout!.Value));
        }
    }
}
