using Npgsql;

namespace KlaviyoExport.Benchmarks.Customers;

/// <summary>A database of the benchmark on the server of <c>KLAVIYOEXPORT_TEST_POSTGRES</c>. It is dropped afterwards.</summary>
internal sealed class Postgres : IAsyncDisposable
{
    private const string Variable = "KLAVIYOEXPORT_TEST_POSTGRES";

    private readonly string _name = $"benchmark_{Guid.NewGuid():N}";

    private Postgres() { }

    /// <summary>Whether there is a server.</summary>
    public static bool IsThere => Server is { Length: > 0 };

    public string ConnectionString =>
        new NpgsqlConnectionStringBuilder(Server) { Database = _name, SslMode = SslMode.Disable }.ConnectionString;

    private static string? Server => Environment.GetEnvironmentVariable(Variable);

    public static async Task<Postgres> CreateAsync(CancellationToken cancellationToken)
    {
        var database = new Postgres();
        await ExecuteAsync($"CREATE DATABASE {database._name}", cancellationToken);
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync($"DROP DATABASE {_name} WITH (FORCE)", CancellationToken.None);
    }

    private static async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(Server);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
