using KlaviyoExport.Cluster;
using KlaviyoExport.Connections;
using KlaviyoExport.Delivery;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>
/// The store. Each room maps its own entities (<c>…Mapping.cs</c>); each provider has its context and migrations. To add one:
/// <c>dotnet ef migrations add Name --project src/KlaviyoExport --context SqliteAppDb --output-dir Data/Migrations/Sqlite</c>, and the same for
/// the other two.
/// </summary>
public abstract class AppDb(DbContextOptions options) : IdentityUserContext<AppUser>(options), IDataProtectionKeyContext
{
    public DbSet<Source> Sources => Set<Source>();

    public DbSet<Segment> Segments => Set<Segment>();

    public DbSet<Connection> Connections => Set<Connection>();

    public DbSet<ConnectionDraft> ConnectionDrafts => Set<ConnectionDraft>();

    public DbSet<KlaviyoSignIn> KlaviyoSignIns => Set<KlaviyoSignIn>();

    public DbSet<Export> Exports => Set<Export>();

    public DbSet<Run> Runs => Set<Run>();

    public DbSet<RunClaim> RunClaims => Set<RunClaim>();

    public DbSet<Batch> Batches => Set<Batch>();

    public DbSet<Rejection> Rejections => Set<Rejection>();

    public DbSet<RunEvent> RunEvents => Set<RunEvent>();

    public DbSet<Delivered> Delivered => Set<Delivered>();

    public DbSet<ListCheck> ListChecks => Set<ListCheck>();

    public DbSet<ListDifference> ListDifferences => Set<ListDifference>();

    public DbSet<RefreshPlan> RefreshPlans => Set<RefreshPlan>();

    public DbSet<Refresh> Refreshes => Set<Refresh>();

    public DbSet<RefreshTask> RefreshTasks => Set<RefreshTask>();

    public DbSet<Setting> Settings => Set<Setting>();

    /// <summary>The keys that encrypt secrets, where several machines share the store.</summary>
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    public DbSet<Lease> Leases => Set<Lease>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    /// <summary>
    /// Begins a transaction beside which no other of this kind goes on, whichever machine it is on: what it reads is still so when it is saved. For what
    /// people decide and what starts by itself, which is short; what a run writes is kept apart by its claim.
    /// </summary>
    public abstract Task<IDbContextTransaction> BeginAloneAsync(CancellationToken cancel);

    /// <exception cref="RunTakenOverException">Called from an execution of a run that another has claimed since; nothing was saved.</exception>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        RaiseVersions();
        RunClaim.Check(this);
        try
        {
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }
        catch (DbUpdateConcurrencyException fault) when (RunClaim.IsWhatFailed(fault))
        {
            throw new RunTakenOverException(fault);
        }
    }

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        RaiseVersions();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(AppDb).Assembly);
        builder.AddLower();
        foreach (var entity in builder.Model.GetEntityTypes().Where(entity => entity.ClrType.IsAssignableTo(typeof(IVersioned))))
            builder.Entity(entity.ClrType).Property(nameof(IVersioned.Version)).IsConcurrencyToken();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Notice>().HaveConversion<NoticeConverter>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(40);
    }

    private protected async Task<IDbContextTransaction> BeginAloneAsync(string waitForTurn, CancellationToken cancel)
    {
        var transaction = await Database.BeginTransactionAsync(cancel);
        try
        {
            await Database.ExecuteSqlRawAsync(waitForTurn, cancel);
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
