using System.Data.Common;
using Microsoft.Data.SqlClient;
using MySqlConnector;
using Npgsql;

namespace KlaviyoExport.Tests;

/// <summary>
/// A database of the test on a real server, dropped after the test. <c>test.sh</c> starts PostgreSQL and MariaDB for it; SQL Server is used if
/// <c>KLAVIYOEXPORT_TEST_SQLSERVER</c> is set. Without a server the test is skipped.
/// </summary>
internal sealed class ServerDatabase : IAsyncDisposable
{
    private readonly DbConnection _server;

    private ServerDatabase(DbConnection server, string name, string connectionString) =>
        (_server, Name, ConnectionString) = (server, name, connectionString);

    public string Name { get; }

    public string ConnectionString { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="template">The database to copy. Null for an empty one.</param>
    public static Task<ServerDatabase> PostgreSqlAsync(string? template = null) =>
        CreateAsync(
            "KLAVIYOEXPORT_TEST_POSTGRES",
            template is null ? "" : $" TEMPLATE {template}",
            set => new NpgsqlConnection(set),
            (set, name) => new NpgsqlConnectionStringBuilder(set) { Database = name, SslMode = SslMode.Disable }.ConnectionString
        );

    public static Task<ServerDatabase> SqlServerAsync() =>
        CreateAsync(
            "KLAVIYOEXPORT_TEST_SQLSERVER",
            "",
            set => new SqlConnection(set),
            (set, name) => new SqlConnectionStringBuilder(set) { InitialCatalog = name }.ConnectionString
        );

    public static Task<ServerDatabase> MariaDbAsync() =>
        CreateAsync(
            "KLAVIYOEXPORT_TEST_MARIADB",
            "",
            set => new MySqlConnection(set),
            (set, name) =>
                new MySqlConnectionStringBuilder(set)
                {
                    Database = name,
                    SslMode = MySqlSslMode.Disabled,
                    AllowUserVariables = true,
                    Pooling = false,
                }.ConnectionString
        );

    /// <summary>Runs SQL in the database, for example to create customers.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using DbConnection connection = _server switch
        {
            NpgsqlConnection => new NpgsqlConnection(ConnectionString),
            MySqlConnection => new MySqlConnection(ConnectionString),
            _ => new SqlConnection(ConnectionString),
        };
        await connection.OpenAsync(Cancel);
        await RunAsync(connection, sql, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await using (_server)
        {
            if (_server is NpgsqlConnection)
            {
                // Only its own connections: the other tests need theirs.
                NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
                await RunAsync(_server, $"DROP DATABASE {Name} WITH (FORCE)", CancellationToken.None);
            }
            else if (_server is MySqlConnection)
            {
                await RunAsync(_server, $"DROP DATABASE {Name}", CancellationToken.None);
            }
            else
            {
                SqlConnection.ClearPool(new SqlConnection(ConnectionString));
                await RunAsync(
                    _server,
                    $"ALTER DATABASE {Name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE {Name}",
                    CancellationToken.None
                );
            }
        }
    }

    private static async Task<ServerDatabase> CreateAsync(
        string variable,
        string template,
        Func<string, DbConnection> connect,
        Func<string, string, string> naming
    )
    {
        var set = Environment.GetEnvironmentVariable(variable);
        Assert.SkipWhen(string.IsNullOrEmpty(set), $"{variable} names no server; ./test.sh starts PostgreSQL and MariaDB.");
        var name = "test_" + Guid.NewGuid().ToString("N");
        var server = connect(set!);
        await server.OpenAsync(Cancel);
        await RunAsync(server, $"CREATE DATABASE {name}{template}", Cancel);
        return new ServerDatabase(server, name, naming(set!, name));
    }

    private static async Task RunAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own SQL.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
