using System.Data.Odbc;
using System.Globalization;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Odbc;
using Npgsql;

namespace KlaviyoExport.Tests.Sources.Odbc;

/// <summary>
/// Drafts of ODBC sources and, for drivers without another client here, databases of the test. <c>test.sh</c> registers the drivers in a
/// folder of its own and starts MariaDB.
/// </summary>
internal sealed class OdbcDatabase : IAsyncDisposable
{
    public const string PostgreSql = "PostgreSQL Unicode";
    public const string MariaDb = "MariaDB Unicode";
    public const string Sqlite = "SQLite3";

    private readonly OdbcConnection _server;

    private OdbcDatabase(OdbcConnection server, string name) => (_server, Name) = (server, name);

    public string Name { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static bool IsConfigured => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_ODBC"));

    public static bool HasMariaDb =>
        IsConfigured && !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_MARIADB"));

    public static void Demand() =>
        Assert.SkipUnless(IsConfigured, "KLAVIYOEXPORT_TEST_ODBC names no folder with ODBC drivers; ./test.sh makes one.");

    public static async Task<OdbcDatabase> MariaDbAsync()
    {
        Demand();
        Assert.SkipUnless(HasMariaDb, "KLAVIYOEXPORT_TEST_MARIADB names no server; ./test.sh starts a MariaDB.");
        var name = "test_" + Guid.NewGuid().ToString("N");
        var server = new OdbcConnection(MariaDbText(""));
        await server.OpenAsync(Cancel);
        await RunAsync(server, $"CREATE DATABASE {name} CHARACTER SET utf8mb4");
        await RunAsync(server, $"USE {name}");
        // Names in double quotation marks, and backslashes as they are.
        await RunAsync(server, "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES', NAMES utf8mb4");
        return new OdbcDatabase(server, name);
    }

    public Task ExecuteAsync(string sql) => RunAsync(_server, sql);

    public SourceDraft Draft(string? table = null, string key = "id")
    {
        var set = MariaDbSettings();
        return Draft(
                MariaDb,
                $"SERVER={set["Server"]}\nPORT={set["Port"]}\nDATABASE={Name}\nCHARSET=utf8mb4\nNO_CACHE=1\nFORWARDONLY=1",
                table,
                key
            )
            .With((string)set["User ID"], (string)set["Password"]);
    }

    /// <summary>A draft of a database of <see cref="ServerDatabase.PostgreSqlAsync"/>, read in portions.</summary>
    public static SourceDraft Draft(ServerDatabase database, string? table = null, string key = "id")
    {
        Demand();
        var set = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var port = set.Port.ToString(CultureInfo.InvariantCulture);
        return Draft(
                PostgreSql,
                $"Server={set.Host}\nPort={port}\nDatabase={set.Database}\nUseDeclareFetch=1\nFetch=1000\nBoolsAsChar=0",
                table,
                key
            )
            .With(set.Username, set.Password);
    }

    /// <summary>A draft of a SQLite file.</summary>
    public static SourceDraft Draft(string file, string? table = null, string key = "id")
    {
        Demand();
        var draft = Draft(Sqlite, $"Database={file}", table, key);
        draft.Odbc.UsesPassword = false;
        return draft;
    }

    public static SourceDraft Draft(string driver, string keys, string? table, string key) =>
        new()
        {
            Name = $"ODBC {driver} {table}",
            Kind = SourceKind.Odbc,
            Table = table,
            KeyColumns = [key],
            Odbc = new OdbcDraft { Driver = driver, Keys = keys },
        };

    public async ValueTask DisposeAsync()
    {
        await using (_server)
            await RunAsync(_server, $"DROP DATABASE {Name}");
    }

    private static System.Data.Common.DbConnectionStringBuilder MariaDbSettings() =>
        new() { ConnectionString = Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_MARIADB") };

    private static string MariaDbText(string database)
    {
        var set = MariaDbSettings();
        return new OdbcConnectionStringBuilder
        {
            Driver = MariaDb,
            ["SERVER"] = set["Server"],
            ["PORT"] = set["Port"],
            ["UID"] = set["User ID"],
            ["PWD"] = set["Password"],
            ["DATABASE"] = database,
            ["CHARSET"] = "utf8mb4",
        }.ConnectionString;
    }

    private static async Task RunAsync(OdbcConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own SQL.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}

internal static class OdbcDraftExtensions
{
    public static SourceDraft With(this SourceDraft draft, string? user, string? password)
    {
        (draft.User, draft.Password) = (user, password);
        return draft;
    }
}
