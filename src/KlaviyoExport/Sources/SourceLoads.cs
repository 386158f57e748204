using KlaviyoExport.Data;
using KlaviyoExport.Sources.Disk;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Sources.Remote;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace KlaviyoExport.Sources;

/// <summary>Loads sources and stores what was found.</summary>
internal sealed class SourceLoads(
    IDbContextFactory<AppDb> stores,
    SourceLoader loader,
    SourceColumns columns,
    SourceFiles files,
    SourceSamples samples,
    DataTimes times,
    DataDisk disk,
    TimeProvider clock,
    ILogger<SourceLoads> logger
)
{
    /// <summary>Loads a source and saves it with everything else that the context has changed.</summary>
    /// <param name="db">The context of the source.</param>
    /// <param name="source">The source.</param>
    /// <param name="isSameReading">Whether the files of a store may be kept when they have not changed.</param>
    /// <param name="cancellationToken">Cancels the load.</param>
    /// <exception cref="SourceException">The source cannot be loaded or saved. Its staging file is that of the load before.</exception>
    public async Task LoadAsync(AppDb db, Source source, bool isSameReading, CancellationToken cancellationToken)
    {
        samples.Reveal(source);
        var previous = source.StagingFile;
        var kept = isSameReading && previous is not null && File.Exists(files.PathOf(previous)) ? source.RemoteLoad : null;
        var staging = files.Reserve();
        try
        {
            // A change during the load is found by the next one.
            var filesChangedAt = source.Kind.IsServer() ? null : await times.ReadAsync(source, cancellationToken);
            if (await loader.LoadAsync(source, files.PathOf(staging), kept, cancellationToken) is not { } loaded)
            {
                source.RemoteLoad = kept! with { CheckedAt = clock.GetUtcNow() };
                source.LastError = null;
                await db.SaveSourceAsync(source.Name, cancellationToken);
                Log.Unchanged(logger, source.Id, kept!.Count);
                return;
            }
            source.StagingFile = source.Kind.IsFiles() ? staging : null;
            source.Drift = SchemaDrift.AfterLoad(source, loaded.Fields, clock.GetUtcNow());
            (source.ColumnsFault, source.ColumnsCheckedAt) = (await columns.ReadTablesAsync(source, cancellationToken), clock.GetUtcNow());
            source.Fields = [.. loaded.Fields];
            samples.Keep(source);
            // The type of the column decides how it is read.
            source.DataChangedAt = source.Kind.IsServer()
                ? await times.ReadAsync(source, cancellationToken)
                : loaded.Remote?.ChangedAt ?? filesChangedAt;
            source.RowCount = loaded.RowCount;
            source.MalformedCount = loaded.Malformed.Count;
            source.Repairs = [.. loaded.Repairs];
            source.MalformedRows = [.. loaded.Malformed.First];
            source.RemoteLoad = loaded.Remote;
            source.LoadedAt = clock.GetUtcNow();
            source.LastError = null;
            await db.SaveSourceAsync(source.Name, cancellationToken);
            Log.Loaded(logger, source.Id, source.RowCount, source.MalformedCount);
        }
        catch (Exception exception)
        {
            files.DeleteStaging(staging);
            if (exception is SqliteException { SqliteErrorCode: raw.SQLITE_FULL } && disk.Look() is { } space)
                throw new SourceException(SourceFault.DiskReserved(space));
            if (exception is not (SqliteException or IOException or UnauthorizedAccessException))
                throw;
            Log.LoadBroke(logger, source.Id, exception);
            throw new SourceException(
                RemoteFaults.IsDiskFull(exception) ? SourceFault.DiskFull() : new LocalizedMessage("Sources.LoadFailed")
            );
        }
        finally
        {
            files.Release(staging);
        }
        files.DeleteStaging(previous);
    }

    /// <summary>Stores why a load has failed.</summary>
    public async Task KeepErrorAsync(int id, LocalizedMessage message, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<Source>()
            .Where(source => source.Id == id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(source => source.LastError, message)
                        .SetProperty(source => source.Version, source => source.Version + 1),
                cancellationToken
            );
    }
}
