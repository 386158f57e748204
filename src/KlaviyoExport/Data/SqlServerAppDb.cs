using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace KlaviyoExport.Data;

/// <summary>The store in a SQL Server database.</summary>
public sealed class SqlServerAppDb(DbContextOptions<SqlServerAppDb> options) : AppDb(options)
{
    private const string AcquireLockSql = """
        DECLARE @got int;
        EXEC @got = sp_getapplock @Resource = N'KlaviyoExport', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 15000;
        IF @got < 0 THROW 51000, N'The store is busy.', 1;
        """;

    public override Task<IDbContextTransaction> BeginExclusiveAsync(CancellationToken cancellationToken) =>
        BeginExclusiveAsync(AcquireLockSql, cancellationToken);

    internal override async Task<IAsyncDisposable> AcquireMigrationLockAsync(TimeProvider clock, CancellationToken cancellationToken) =>
        await MigrationLock.TakeAsync(
            this,
            "EXEC sp_getapplock @Resource = N'KlaviyoExport.Migration', @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = -1",
            "EXEC sp_releaseapplock @Resource = N'KlaviyoExport.Migration', @LockOwner = 'Session'",
            cancellationToken
        );

    internal override Task BulkUpsertAsync(BulkTable table, IEnumerable<object> rows, CancellationToken cancellationToken) =>
        SqlServerBulkUpsert.WriteAsync(this, table, rows, cancellationToken);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcConverter>();
        // Names, profile keys and ids are case-sensitive, as in the other stores. The server's default collation usually is not.
        configurationBuilder.Properties<string>().UseCollation("Latin1_General_100_BIN2");
    }
}
