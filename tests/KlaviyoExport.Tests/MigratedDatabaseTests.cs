using System.Collections.Concurrent;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KlaviyoExport.Tests;

/// <summary>A test gets nothing of the tests before it.</summary>
[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class MigratedDatabaseTests
{
    private const string AddKey = """INSERT INTO "InstallationKeys" ("Name", "Value") VALUES ('a', 'b')""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_that_is_used_again_has_no_rows_and_counts_from_the_start()
    {
        var unused = new ConcurrentBag<ServerDatabase>();
        string first;
        await using (var database = await MigratedDatabase.CreateAsync(unused))
        {
            first = database.ConnectionString;
            await RunAsync(first, AddKey);
            await RunAsync(first, """SELECT nextval(pg_get_serial_sequence('"Exports"', 'Id'))""");
        }

        await using var again = await MigratedDatabase.CreateAsync(unused);

        Assert.Equal(first, again.ConnectionString);
        Assert.Equal(0L, await RunAsync(first, """SELECT count(*) FROM "InstallationKeys" """));
        Assert.Equal(1L, await RunAsync(first, """SELECT nextval(pg_get_serial_sequence('"Exports"', 'Id'))"""));
        Assert.True(await HasMigrationsAsync(first));
    }

    [Theory]
    [InlineData("CREATE TABLE more (id int)")]
    [InlineData("""ALTER TABLE "Exports" ADD COLUMN more int""")]
    [InlineData("""ALTER TABLE "Exports" DROP COLUMN "Name" """)]
    [InlineData("""ALTER TABLE "Exports" RENAME TO "Other" """)]
    [InlineData("""DROP TABLE "InstallationKeys" """)]
    [InlineData("CREATE FUNCTION more() RETURNS int AS 'SELECT 1' LANGUAGE sql")]
    [InlineData("""ALTER TABLE "Exports" DISABLE TRIGGER ALL""")]
    [InlineData("""DELETE FROM "__EFMigrationsHistory" """)]
    [InlineData("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET lock_timeout = 1', current_database()); END $$")]
    public async Task A_database_that_a_test_has_changed_is_dropped(string change)
    {
        var unused = new ConcurrentBag<ServerDatabase>();
        await using (var database = await MigratedDatabase.CreateAsync(unused))
            await RunAsync(database.ConnectionString, change);

        Assert.Empty(unused);
    }

    [Fact]
    public async Task A_database_whose_session_still_holds_something_is_dropped()
    {
        var unused = new ConcurrentBag<ServerDatabase>();
        var database = await MigratedDatabase.CreateAsync(unused);
        await using var open = new NpgsqlConnection(database.ConnectionString);
        await open.OpenAsync(Cancel);
        await using (var command = new NpgsqlCommand("SELECT pg_advisory_lock(1)", open))
            await command.ExecuteNonQueryAsync(Cancel);

        await database.DisposeAsync();

        Assert.Empty(unused);
    }

    private static async Task<bool> HasMigrationsAsync(string connectionString)
    {
        await using var db = new PostgreSqlAppDb(new DbContextOptionsBuilder<PostgreSqlAppDb>().UseNpgsql(connectionString).Options);
        return !(await db.Database.GetPendingMigrationsAsync(Cancel)).Any() && !await db.Set<Export>().AnyAsync(Cancel);
    }

    private static async Task<object?> RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own SQL.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(Cancel);
    }
}
