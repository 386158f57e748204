using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Data;

/// <summary>A table that was copied.</summary>
public sealed record CopiedTable(string Name, long Rows);

/// <summary>
/// Copies a SQLite store to an empty PostgreSQL or SQL Server database. Use it only while no server runs (<see cref="DirectoryLock"/>). The
/// SQLite store is not changed.
/// </summary>
public sealed class StoreCopy
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly KeyTransfer _keys;
    private readonly TimeProvider _clock;

    internal StoreCopy(IDbContextFactory<AppDb> stores, KeyTransfer keys, TimeProvider clock) =>
        (_stores, _keys, _clock) = (stores, keys, clock);

    /// <summary>
    /// Creates the schema in the target, copies all rows in one transaction, and compares the number of rows and a checksum of every table.
    /// With a certificate, the data protection keys are copied to the target too, encrypted with it.
    /// </summary>
    /// <param name="provider">The kind of the target.</param>
    /// <param name="connectionString">The connection string of the target.</param>
    /// <param name="copied">Is called after each table.</param>
    /// <param name="complete">Adds rows to the target after the comparison, in the same transaction. Null for none.</param>
    /// <param name="cancellationToken">Cancels the copy. The target then has its schema and no rows.</param>
    /// <exception cref="StoreFaultException">
    /// The store is not SQLite or has another version, the target cannot be used or is not empty, or a table differs after the copy. Nothing
    /// was copied.
    /// </exception>
    public async Task CopyAsync(
        StoreProvider provider,
        string connectionString,
        Action<CopiedTable> copied,
        CancellationToken cancellationToken,
        Action<AppDb>? complete = null
    )
    {
        await using var source = await _stores.CreateDbContextAsync(cancellationToken);
        if (source is not SqliteAppDb)
            throw new StoreFaultException("The store is not SQLite. Use the tools of its database to copy it.");
        (await StoreVersion.ReadAsync(source, cancellationToken)).DemandCurrent();
        await using var target = Open(provider, connectionString);
        try
        {
            await using (await target.AcquireMigrationLockAsync(_clock, cancellationToken))
                await target.Database.MigrateAsync(cancellationToken);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault) || fault is ArgumentException)
        {
            throw new StoreFaultException($"The target cannot be used: {fault.Message}", fault);
        }
        var tables = CopyTable.All(source, target);
        await source.Database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await target.Database.BeginTransactionAsync(cancellationToken);
        foreach (var table in tables)
            if (await table.CountAsync(target, cancellationToken) > 0)
                throw new StoreFaultException($"The target is not empty: {table.Name} has rows. Name an empty database.");
        foreach (var table in tables)
        {
            var sent = await table.CopyAsync(source, target, cancellationToken);
            var arrived = await table.ChecksumAsync(target, cancellationToken);
            if (sent != arrived)
                throw new StoreFaultException(
                    $"{table.Name} differs after the copy ({sent.Rows} rows were read, {arrived.Rows} are in the target). Nothing was copied."
                );
            copied(new CopiedTable(table.Name, sent.Rows));
        }
        await _keys.CopyAsync(target, cancellationToken);
        complete?.Invoke(target);
        await target.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static AppDb Open(StoreProvider provider, string connectionString)
    {
        try
        {
            return provider switch
            {
                StoreProvider.PostgreSql => new PostgreSqlAppDb(
                    new DbContextOptionsBuilder<PostgreSqlAppDb>()
                        .UseNpgsql(connectionString, set => set.ExecutionStrategy(DataRegistration.Once))
                        .Options
                ),
                StoreProvider.SqlServer => new SqlServerAppDb(
                    new DbContextOptionsBuilder<SqlServerAppDb>()
                        .UseSqlServer(connectionString, set => set.ExecutionStrategy(DataRegistration.Once))
                        .Options
                ),
                _ => throw new StoreFaultException("The target must be PostgreSql or SqlServer."),
            };
        }
        catch (ArgumentException fault)
        {
            throw new StoreFaultException($"The connection string cannot be read: {fault.Message}", fault);
        }
    }
}
