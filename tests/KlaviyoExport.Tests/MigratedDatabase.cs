using System.Collections.Concurrent;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KlaviyoExport.Tests;

/// <summary>
/// A PostgreSQL database with a migrated store that is empty. To create one, to connect to it and to drop it takes longer than most tests,
/// so one that a test leaves as it was, but for its rows, is emptied for the next test. The last ones stay until the server is removed.
/// </summary>
internal sealed class MigratedDatabase : IAsyncDisposable
{
    // What a test may change besides rows. A system catalogue's newest row says that something was changed.
    private const string Shape = """
        SELECT concat_ws(' ',
            (SELECT string_agg("MigrationId", ' ' ORDER BY "MigrationId") FROM "__EFMigrationsHistory"),
            (SELECT concat(count(*), '/', max(CAST(CAST(xmin AS text) AS bigint))) FROM pg_attribute),
            (SELECT concat(count(*), '/', max(CAST(CAST(xmin AS text) AS bigint))) FROM pg_type),
            (SELECT concat(count(*), '/', max(CAST(CAST(xmin AS text) AS bigint))) FROM pg_constraint),
            (SELECT concat(count(*), '/', max(CAST(CAST(xmin AS text) AS bigint))) FROM pg_trigger),
            (SELECT concat(count(*), '/', max(CAST(CAST(xmin AS text) AS bigint))) FROM pg_proc),
            (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())))
        """;

    // A session that waits between two commands, and holds nothing, does no harm: it belongs to the pool of the next test.
    private const string Busy = """
        SELECT count(*) FROM pg_stat_activity AS a LEFT JOIN pg_locks AS l ON l.pid = a.pid
        WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND (a.state <> 'idle' OR l.pid IS NOT NULL)
        """;

    private const string Empty = """
        SET lock_timeout = '5s';
        DO $$
        DECLARE
            used text;
        BEGIN
            SELECT string_agg(CAST(CAST(oid AS regclass) AS text), ', ') INTO used FROM pg_class
            WHERE relkind = 'r' AND relnamespace = CAST('public' AS regnamespace) AND relname <> '__EFMigrationsHistory'
                AND pg_relation_size(oid) > 0;
            IF used IS NOT NULL THEN EXECUTE 'TRUNCATE ' || used || ' RESTART IDENTITY CASCADE'; END IF;
            PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence WHERE pg_sequence_last_value(seqrelid) IS NOT NULL;
        END
        $$
        """;

    private static readonly Lazy<Task<(string Name, string Shape)>> Template = new(MigrateAsync);
    private static readonly ConcurrentBag<ServerDatabase> OfAllTests = [];

    private readonly ServerDatabase _database;
    private readonly ConcurrentBag<ServerDatabase> _unused;

    private MigratedDatabase(ServerDatabase database, ConcurrentBag<ServerDatabase> unused) => (_database, _unused) = (database, unused);

    public string ConnectionString => _database.ConnectionString;

    /// <param name="unused">Where databases wait for the next test. Null: where those of all tests do.</param>
    public static async Task<MigratedDatabase> CreateAsync(ConcurrentBag<ServerDatabase>? unused = null)
    {
        var (template, _) = await Template.Value;
        unused ??= OfAllTests;
        return new(unused.TryTake(out var database) ? database : await ServerDatabase.PostgreSqlAsync(template), unused);
    }

    public async ValueTask DisposeAsync()
    {
        if (await IsEmptiedAsync())
            _unused.Add(_database);
        else
            await _database.DisposeAsync();
    }

    private async Task<bool> IsEmptiedAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString);
            await connection.OpenAsync();
            if (await ReadAsync(connection, Busy) is not 0L || await ReadAsync(connection, Shape) as string != (await Template.Value).Shape)
                return false;
            await ReadAsync(connection, Empty);
            return true;
        }
        catch (NpgsqlException)
        {
            // A test may have taken away what is needed for it.
            return false;
        }
    }

    private static async Task<object?> ReadAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own SQL.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    /// <summary>A template database, which stays until the server is removed.</summary>
    private static async Task<(string Name, string Shape)> MigrateAsync()
    {
        var template = await ServerDatabase.PostgreSqlAsync();
        var connectionString = template.ConnectionString + ";Pooling=False";
        await using (var db = new PostgreSqlAppDb(new DbContextOptionsBuilder<PostgreSqlAppDb>().UseNpgsql(connectionString).Options))
            await db.Database.MigrateAsync();
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return (template.Name, (string)(await ReadAsync(connection, Shape))!);
    }
}
