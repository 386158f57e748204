using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>
/// The store. It names no entity of a room: each room maps its own (<c>…Mapping.cs</c>), and they are reached by <c>Set&lt;T&gt;()</c>.
/// Each provider has its context and migrations. To add one: <c>dotnet ef migrations add Name --project src/KlaviyoExport --context
/// SqliteAppDb --output-dir Data/Migrations/Sqlite</c>, and the same for the other two.
/// </summary>
public abstract class AppDb(DbContextOptions options) : DbContext(options), IDataProtectionKeyContext
{
    /// <summary>The keys that encrypt secrets, where several machines share the store.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>
    /// Begins a transaction beside which no other of this kind goes on, whichever machine it is on: what it reads is still so when it is
    /// saved. For what people decide and what starts by itself, which is short; what a run writes is kept apart by its claim.
    /// </summary>
    public abstract Task<IDbContextTransaction> BeginAloneAsync(CancellationToken cancellationToken);

    /// <summary>Waits until no other process brings the store up to date.</summary>
    /// <returns>Held until it is disposed.</returns>
    internal abstract Task<IAsyncDisposable> TakeMigrationTurnAsync(TimeProvider clock, CancellationToken cancellationToken);

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        RaiseVersions();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        RaiseVersions();
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

    private protected async Task<IDbContextTransaction> BeginAloneAsync(string waitForTurn, CancellationToken cancellationToken)
    {
        var transaction = await Database.BeginTransactionAsync(cancellationToken);
        try
        {
            await Database.ExecuteSqlRawAsync(waitForTurn, cancellationToken);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    private void RaiseVersions()
    {
        foreach (var entry in ChangeTracker.Entries<IVersioned>().Where(entry => entry.State == EntityState.Modified))
            entry.Entity.Version++;
    }
}
