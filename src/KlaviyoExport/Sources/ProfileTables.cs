using KlaviyoExport.Data;
using KlaviyoExport.Sources.Servers;
using KlaviyoExport.Sources.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources;

/// <summary>
/// Opens the profiles of sources for reading. An open staging file does not change: a reload in the meantime neither waits for the reader
/// nor disturbs it.
/// </summary>
public sealed class ProfileTables
{
    private readonly SourcePaths _paths;
    private readonly ServerSessions _servers;
    private readonly IOptions<StoreOptions> _store;
    private readonly IDbContextFactory<AppDb> _stores;

    internal ProfileTables(SourcePaths paths, ServerSessions servers, IOptions<StoreOptions> store, IDbContextFactory<AppDb> stores) =>
        (_paths, _servers, _store, _stores) = (paths, servers, store, stores);

    /// <summary>Opens the profiles of a database server. The caller disposes the session.</summary>
    /// <exception cref="SourceException">The source cannot be read.</exception>
    internal async Task<ServerTable> OpenServerAsync(Source source, bool isGlance, CancellationToken cancellationToken)
    {
        var session = await _servers.OpenAsync(source, isGlance, cancellationToken);
        try
        {
            return await ServerTable.OpenAsync(session, source.Table, source.Query, cancellationToken);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="SourceException">The source cannot be read.</exception>
    internal async Task<ProfileTable> OpenAsync(Source source, CancellationToken cancellationToken)
    {
        if (source.Kind == SourceKind.Sqlite)
            return Open(source, _paths.Resolve(source.Location));
        var staging = StagingOf(source);
        if (File.Exists(staging))
        {
            try
            {
                return Open(source, staging);
            }
            catch (SourceException) when (!File.Exists(staging))
            {
                // The file was deleted before it could be opened. The following reads the source again.
            }
        }
        // A newer load may have replaced the staging file since the caller read the source.
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var current =
            await db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(known => known.Id == source.Id, cancellationToken)
            ?? throw new SourceException(new LocalizedMessage("Sources.Removed", source.Name));
        return Open(current, StagingOf(current));
    }

    private string StagingOf(Source source) =>
        _store.Value.PathOf(source.StagingFile ?? throw new SourceException(new LocalizedMessage("Sources.NeverLoaded", source.Name)));

    private static ProfileTable Open(Source source, string path)
    {
        SqliteFile? file = null;
        try
        {
            file = SqliteFile.Open(path, isOurs: source.Kind.IsFiles(), isOfQuery: source.Query is not null);
            return new ProfileTable(source, file);
        }
        catch (SqliteException exception)
        {
            file?.Dispose();
            throw SqliteFile.Explain(exception, source.Name);
        }
        catch (SourceException)
        {
            file?.Dispose();
            throw;
        }
    }
}
