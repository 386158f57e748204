using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Data;

/// <summary>Servers that share a store migrate it one after the other.</summary>
public abstract class MigrationLockTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_released_migration_lock_is_free_although_its_session_stays_in_the_pool()
    {
        await using var store = await TestStore.CreateAsync();
        // Opened first, so that it has its own database session.
        await using var second = await store.OpenAsync();
        await second.Database.OpenConnectionAsync(Cancel);
        await using var first = await store.OpenAsync();
        await using (await first.AcquireMigrationLockAsync(TimeProvider.System, Cancel)) { }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        await using var turn = await second.AcquireMigrationLockAsync(TimeProvider.System, patience.Token);

        Assert.NotNull(turn);
    }
}

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class MigrationLockOnPostgreSql : MigrationLockTests;

[Trait(StorePlace.Trait, nameof(StoreProvider.SqlServer))]
public sealed class MigrationLockOnSqlServer : MigrationLockTests;
