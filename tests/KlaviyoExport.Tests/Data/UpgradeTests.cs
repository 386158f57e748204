using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Data;

public sealed class UpgradeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_of_the_first_version_is_readable_after_the_upgrade()
    {
        await using var store = await TestStore.CreateAsync();
        await using (var db = await store.OpenAsync())
        {
            await db.GetService<IMigrator>().MigrateAsync(db.Database.GetMigrations().First(), Cancel);
            await InsertAsync(
                db,
                "Sources",
                new()
                {
                    ["Id"] = 1,
                    ["Name"] = "Customers",
                    ["Kind"] = "Csv",
                    ["Fields"] = "[]",
                    ["MalformedRows"] = "[]",
                }
            );
            await InsertAsync(
                db,
                "Connections",
                new()
                {
                    ["Id"] = 1,
                    ["Name"] = "Shop",
                    ["Sharing"] = "AllContributors",
                    ["ApiKey"] = new byte[] { 1, 2 },
                }
            );
            await InsertAsync(
                db,
                "Exports",
                new()
                {
                    ["Id"] = 1,
                    ["Name"] = "Readers",
                    ["ConnectionId"] = 1,
                    ["SourceId"] = 1,
                    ["Fields"] = "[]",
                    ["SyncMode"] = "Mirror",
                    ["Schedule"] = "{}",
                }
            );
            await InsertAsync(
                db,
                "Runs",
                new()
                {
                    ["Id"] = 1,
                    ["ExportId"] = 1,
                    ["State"] = "Successful",
                    ["Stage"] = "Close",
                    ["SyncMode"] = "Mirror",
                    ["Trigger"] = "Person",
                }
            );
        }

        await ActivatorUtilities.CreateInstance<StoreMigration>(store.Services).StartingAsync(Cancel);

        await using var upgraded = await store.OpenAsync();
        var run = await upgraded.Set<Run>().SingleAsync(Cancel);
        var export = await upgraded
            .Set<Export>()
            .Include(export => export.Connection)
            .Include(export => export.Source)
            .SingleAsync(export => export.Id == run.ExportId, Cancel);
        Assert.Equal((RunState.Successful, RunTrigger.Person), (run.State, run.Trigger));
        Assert.Equal(("Readers", SyncMode.Mirror, new ExportSchedule()), (export.Name, export.SyncMode, export.Schedule));
        Assert.Equal(("Shop", null), (export.Connection!.Name, export.Connection.ExportUserId));
        Assert.Equal([1, 2], export.Connection.ApiKey);
        Assert.Equal("Customers", export.Source!.Name);
    }

    [Fact]
    public async Task A_start_killed_during_an_upgrade_does_not_block_the_next()
    {
        await using var store = await TestStore.CreateAsync();
        await using (var db = await store.OpenAsync())
        {
            await db.GetService<IMigrator>().MigrateAsync(db.Database.GetMigrations().First(), Cancel);
            await db.Database.ExecuteSqlRawAsync(
                "CREATE TABLE IF NOT EXISTS \"__EFMigrationsLock\" (\"Id\" INTEGER PRIMARY KEY, \"Timestamp\" TEXT NOT NULL); INSERT INTO \"__EFMigrationsLock\" VALUES (1, '2026-11-25')",
                Cancel
            );
        }

        await ActivatorUtilities
            .CreateInstance<StoreMigration>(store.Services)
            .StartingAsync(Cancel)
            .WaitAsync(TimeSpan.FromMinutes(1), Cancel);

        await using var upgraded = await store.OpenAsync();
        Assert.Empty(await upgraded.Database.GetPendingMigrationsAsync(Cancel));
    }

    [Fact]
    public async Task The_store_of_a_newer_version_is_not_changed()
    {
        await using var store = await TestStore.CreateAsync();
        await using (var db = await store.OpenAsync())
            await db.Database.ExecuteSqlRawAsync("INSERT INTO __EFMigrationsHistory VALUES ('29990101000000_Later', '99.0.0')", Cancel);

        var refused = await Assert.ThrowsAsync<StoreFaultException>(() =>
            ActivatorUtilities.CreateInstance<StoreMigration>(store.Services).StartingAsync(Cancel)
        );

        Assert.Contains("29990101000000_Later", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_directory_that_cannot_be_created_is_reported_clearly()
    {
        var file = Path.GetTempFileName();
        try
        {
            var refused = Assert.Throws<StoreFaultException>(() => DataDirectory.Create(Path.Combine(file, "data")));

            Assert.Contains(file, refused.Message, StringComparison.Ordinal);
            Assert.Contains("DataDirectory", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Inserts a row as an old version wrote it. Columns that are not given are null.</summary>
    private static async Task InsertAsync(AppDb db, string table, Dictionary<string, object> values)
    {
        await db.Database.OpenConnectionAsync(Cancel);
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        await using var columns = connection.CreateCommand();
        columns.CommandText = $"SELECT name, type FROM pragma_table_info('{table}') WHERE \"notnull\" = 1";
        await using (var reader = await columns.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel))
                values.TryAdd(
                    reader.GetString(0),
                    reader.GetString(1) switch
                    {
                        "INTEGER" => 0,
                        "BLOB" => Array.Empty<byte>(),
                        _ => "",
                    }
                );
        }
        await using var insert = connection.CreateCommand();
        insert.CommandText =
            $"INSERT INTO {table} ({string.Join(", ", values.Keys.Select(name => $"\"{name}\""))}) VALUES ({string.Join(", ", values.Keys.Select((_, i) => $"$p{i}"))})";
        foreach (var (value, i) in values.Values.Select((value, i) => (value, i)))
            insert.Parameters.AddWithValue($"$p{i}", value);
        await insert.ExecuteNonQueryAsync(Cancel);
    }
}
