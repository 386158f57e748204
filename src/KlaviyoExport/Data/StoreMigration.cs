using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace KlaviyoExport.Data;

/// <summary>Migrates the store to the current version before other hosted services start.</summary>
public sealed class StoreMigration(IDbContextFactory<AppDb> stores, TimeProvider clock, ILogger<StoreMigration> logger)
    : IHostedLifecycleService
{
    /// <exception cref="StoreFaultException">A newer version of the product migrated the store, and nothing was changed; or the database
    /// cannot be used.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await MigrateAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is NpgsqlException or SqlException or ArgumentException)
        {
            throw new StoreFaultException(
                $"The store cannot be used: {fault.Message} Check {DatabaseOptions.ConnectionKey}, that the server answers, and that its "
                    + "user may create tables.",
                fault
            );
        }
    }

    /// <summary>Servers that start at the same time migrate one after the other.</summary>
    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var turn = await db.AcquireMigrationLockAsync(clock, cancellationToken);
        var unknown = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).Except(db.Database.GetMigrations()).ToList();
        if (unknown.Count > 0)
            throw new StoreFaultException(
                $"The store was last used by a newer version of Klaviyo Export (it holds {unknown[^1]}). Start that version, or restore "
                    + "the copy made before the upgrade."
            );
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        // EF Core compares whole models before it finds that nothing is pending.
        if (pending.Count > 0)
            await db.Database.MigrateAsync(cancellationToken);
        if (db is SqliteAppDb)
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL;", cancellationToken);
        Log.Migrated(logger, (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).Last(), pending.Count);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
