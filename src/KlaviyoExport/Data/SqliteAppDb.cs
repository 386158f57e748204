using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace KlaviyoExport.Data;

/// <summary>A store in a SQLite file.</summary>
public sealed class SqliteAppDb(DbContextOptions<SqliteAppDb> options) : AppDb(options)
{
    /// <summary>SQLite has one writer at a time, and every transaction starts as the writer.</summary>
    public override Task<IDbContextTransaction> BeginExclusiveAsync(CancellationToken cancellationToken) =>
        Database.BeginTransactionAsync(cancellationToken);

    internal override async Task<IAsyncDisposable> AcquireMigrationLockAsync(TimeProvider clock, CancellationToken cancellationToken) =>
        await SqliteMigrationLock.TakeAsync(this, clock, cancellationToken);

    internal override Task BulkUpsertAsync(BulkTable table, IEnumerable<object> rows, CancellationToken cancellationToken)
    {
        SqliteBulkUpsert.Write(this, table, rows, cancellationToken);
        return Task.CompletedTask;
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        // SQLite has no type for a point in time, and the text form does not sort correctly across offsets.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
    }

    private sealed class UtcTicks()
        : ValueConverter<DateTimeOffset, long>(at => at.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
