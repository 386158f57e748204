using Npgsql;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>A database of customers on the PostgreSQL server of <c>KLAVIYOEXPORT_TEST_POSTGRES</c>, which test.sh starts.</summary>
internal sealed class GuideDatabase : IAsyncDisposable
{
    public const string Table = "public.customers";
    private readonly NpgsqlConnectionStringBuilder _server;

    private GuideDatabase(NpgsqlConnectionStringBuilder server, string name) => (_server, Name) = (server, name);

    public static bool IsAvailable => Variable.Length > 0;

    public string Name { get; }

    public string Host => _server.Host!;

    public string Port => _server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public string User => _server.Username!;

    public string Password => _server.Password!;

    private static string Variable => Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_POSTGRES") ?? "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<GuideDatabase> CreateAsync()
    {
        var server = new NpgsqlConnectionStringBuilder(Variable) { Pooling = false };
        var database = new GuideDatabase(server, $"guide_{Guid.NewGuid():N}");
        await ExecuteAsync(server, $"CREATE DATABASE {database.Name}");
        await ExecuteAsync(
            new(server.ConnectionString) { Database = database.Name },
            $"CREATE TABLE {Table} (id int PRIMARY KEY, email text); INSERT INTO {Table} VALUES (1, 'mar@shop.example')"
        );
        return database;
    }

    public async ValueTask DisposeAsync() => await ExecuteAsync(_server, $"DROP DATABASE {Name} WITH (FORCE)");

    private static async Task ExecuteAsync(NpgsqlConnectionStringBuilder server, string statement)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync(Cancel);
        // Statements of this class alone.
#pragma warning disable CA2100
        await using var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
