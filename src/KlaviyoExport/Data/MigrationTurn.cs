using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>
/// The turn to bring the store of a server up to date, over all migrations. EF's own lock ends with each of them, and whoever waited for it
/// goes on with the list of those that it found before.
/// </summary>
internal sealed class MigrationTurn : IAsyncDisposable
{
    private readonly AppDb _db;

    private MigrationTurn(AppDb db) => _db = db;

    /// <param name="db">Keeps its connection open until the turn is over.</param>
    /// <param name="waitForTurn">Takes a lock of the session, however long another has it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<MigrationTurn> TakeAsync(AppDb db, string waitForTurn, CancellationToken cancellationToken)
    {
        await DemandDatabaseAsync(db, cancellationToken);
        await db.Database.OpenConnectionAsync(cancellationToken);
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(10));
        await db.Database.ExecuteSqlRawAsync(waitForTurn, cancellationToken);
        return new MigrationTurn(db);
    }

    /// <summary>The lock is the session's and ends with it.</summary>
    public async ValueTask DisposeAsync() => await _db.Database.CloseConnectionAsync();

    private static async Task DemandDatabaseAsync(AppDb db, CancellationToken cancellationToken)
    {
        var creator = db.GetService<IRelationalDatabaseCreator>();
        if (await creator.ExistsAsync(cancellationToken))
            return;
        try
        {
            await creator.CreateAsync(cancellationToken);
        }
        catch (Exception fault) when (StoreFaults.MayPass(fault))
        {
            // Another machine may have been quicker; otherwise its absence is the fault to tell.
            if (!await creator.ExistsAsync(cancellationToken))
                throw;
        }
    }
}
