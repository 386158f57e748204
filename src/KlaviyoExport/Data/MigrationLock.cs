using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>
/// The exclusive right to migrate the store of a database server. It is held over all pending migrations: EF Core's own lock ends with
/// each migration, and a server that waited for it would then apply an outdated list of migrations.
/// </summary>
internal sealed class MigrationLock : IAsyncDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly AppDb _db;
    private readonly string _release;

    private MigrationLock(AppDb db, string release)
    {
        _db = db;
        _release = release;
    }

    /// <summary>Creates the database if necessary, then waits up to ten minutes for the lock.</summary>
    /// <param name="db">The store. Its connection stays open until the turn is disposed.</param>
    /// <param name="acquire">The SQL that takes a session lock and waits for it.</param>
    /// <param name="release">The SQL that releases the lock.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static async Task<MigrationLock> TakeAsync(AppDb db, string acquire, string release, CancellationToken cancellationToken)
    {
        await DemandDatabaseAsync(db, cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        db.Database.SetCommandTimeout(LongestWait);
        await db.Database.ExecuteSqlRawAsync(acquire, cancellationToken);
        return new MigrationLock(db, release);
    }

    /// <summary>
    /// Releases the lock. Closing the connection is not enough: the pool keeps the session, and with it a session lock, until the
    /// connection is used again.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _db.Database.ExecuteSqlRawAsync(_release);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            // A broken connection has ended its session, and the lock with it.
        }
        finally
        {
            await _db.Database.CloseConnectionAsync();
        }
    }

    private static async Task DemandDatabaseAsync(AppDb db, CancellationToken cancellationToken)
    {
        var creator = db.GetService<IRelationalDatabaseCreator>();
        if (await creator.ExistsAsync(cancellationToken))
            return;
        try
        {
            await creator.CreateAsync(cancellationToken);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            // Another server may have created it in the meantime. Otherwise report why it could not be created.
            if (!await creator.ExistsAsync(cancellationToken))
                throw;
        }
    }
}
