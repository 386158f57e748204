using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>The store in a PostgreSQL database.</summary>
public sealed class PostgreSqlAppDb(DbContextOptions<PostgreSqlAppDb> options) : AppDb(options)
{
    // Any number will do that no other application uses in the same database.
    private const string AcquireLockSql = "SELECT set_config('lock_timeout', '15s', true), pg_advisory_xact_lock(30235270361970800)";

    public override Task<IDbContextTransaction> BeginExclusiveAsync(CancellationToken cancellationToken) =>
        BeginExclusiveAsync(AcquireLockSql, cancellationToken);

    internal override async Task<IAsyncDisposable> AcquireMigrationLockAsync(TimeProvider clock, CancellationToken cancellationToken) =>
        await MigrationLock.TakeAsync(
            this,
            "SELECT pg_advisory_lock(30235270361970801)",
            "SELECT pg_advisory_unlock(30235270361970801)",
            cancellationToken
        );

    internal override Task BulkUpsertAsync(BulkTable table, IEnumerable<object> rows, CancellationToken cancellationToken) =>
        PostgreSqlBulkUpsert.WriteAsync(this, table, rows, cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        // The database's own collation may fold only ASCII letters; ICU folds every alphabet. Collation "C" sorts as the other stores do.
        modelBuilder
            .HasDbFunction(() => CaseFolding.Lower(default!))
            .HasTranslation(arguments => new CollateExpression(
                new SqlFunctionExpression(
                    "lower",
                    [new CollateExpression(arguments[0], "und-x-icu")],
                    nullable: true,
                    argumentsPropagateNullability: [true],
                    typeof(string),
                    arguments[0].TypeMapping
                ),
                "C"
            ));
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcConverter>();
    }
}
