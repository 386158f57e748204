using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>
/// The store. Each folder maps its own entities (<c>…Mapping.cs</c>) and reads them with <c>Set&lt;T&gt;()</c>. Each provider has its own
/// context and migrations. To add a migration, run <c>dotnet ef migrations add Name --project src/KlaviyoExport --context SqliteAppDb
/// --output-dir Data/Migrations/Sqlite</c>, and the same for the other two contexts.
/// </summary>
public abstract class AppDb(DbContextOptions options) : DbContext(options), IDataProtectionKeyContext
{
    /// <summary>The data protection keys, when they are kept in the store because several servers share it.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>
    /// Begins a transaction that runs alone: no other transaction that this method begins runs at the same time, on any server. What it
    /// reads therefore stays true until it commits. Use it for short changes by people or the scheduler. A run protects its own writes
    /// with its claim. Throws an exception of the provider when the wait takes too long.
    /// </summary>
    public abstract Task<IDbContextTransaction> BeginExclusiveAsync(CancellationToken cancellationToken);

    /// <summary>Waits until no other process migrates the store, and takes the migration lock.</summary>
    /// <returns>The lock. Dispose it to release the lock.</returns>
    internal abstract Task<IAsyncDisposable> AcquireMigrationLockAsync(TimeProvider clock, CancellationToken cancellationToken);

    /// <summary>Inserts or updates rows in the current transaction. Call it through <see cref="BulkUpsert"/>.</summary>
    internal abstract Task BulkUpsertAsync(BulkTable table, IEnumerable<object> rows, CancellationToken cancellationToken);

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        IncrementVersions();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        IncrementVersions();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AppDb).Assembly);
        modelBuilder.AddLower();
        foreach (var entity in modelBuilder.Model.GetEntityTypes().Where(entity => entity.ClrType.IsAssignableTo(typeof(IVersioned))))
            modelBuilder.Entity(entity.ClrType).Property(nameof(IVersioned.Version)).IsConcurrencyToken();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<LocalizedMessage>().HaveConversion<LocalizedMessageConverter>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(40);
    }

    private protected async Task<IDbContextTransaction> BeginExclusiveAsync(string acquireLockSql, CancellationToken cancellationToken)
    {
        var transaction = await Database.BeginTransactionAsync(cancellationToken);
        try
        {
            await Database.ExecuteSqlRawAsync(acquireLockSql, cancellationToken);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    private void IncrementVersions()
    {
        foreach (var entry in ChangeTracker.Entries<IVersioned>().Where(entry => entry.State == EntityState.Modified))
            entry.Entity.Version++;
    }
}
