using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests;

/// <summary>
/// Where a test's store is: a SQLite file, or a database on a server. To run a class of tests on another store, derive a class with
/// <c>[Trait(StorePlace.Trait, …)]</c>; see <c>Data/OnServers.cs</c>.
/// </summary>
internal sealed class StorePlace : IAsyncDisposable
{
    public const string Trait = "Store";

    // Each store is a copy of one that was migrated once. Migrating for every test would take most of the time of many tests.
    private static readonly Lazy<Task<byte[]>> SqliteTemplate = new(MigrateSqliteAsync);

    private readonly IAsyncDisposable? _database;
    private readonly string? _connectionString;

    private StorePlace(StoreProvider provider, IAsyncDisposable? database, string? connectionString) =>
        (Provider, _database, _connectionString) = (provider, database, connectionString);

    public StoreProvider Provider { get; }

    public Dictionary<string, string?> Settings =>
        _connectionString is null
            ? []
            : new() { ["Database:Provider"] = Provider.ToString(), ["ConnectionStrings:Default"] = _connectionString };

    /// <param name="on">Null: what the class of the running test says; SQLite where it says nothing.</param>
    public static async Task<StorePlace> CreateAsync(StoreProvider? on = null)
    {
        var provider = on ?? OfTest();
        if (provider == StoreProvider.PostgreSql)
        {
            var migrated = await MigratedDatabase.CreateAsync();
            return new(provider, migrated, migrated.ConnectionString);
        }
        var server = provider == StoreProvider.SqlServer ? await ServerDatabase.SqlServerAsync() : null;
        return new(provider, server, server?.ConnectionString);
    }

    /// <summary>Copies a migrated store to a data directory, unless the store is on a server.</summary>
    public async Task PrepareAsync(string dataDirectory)
    {
        if (Provider == StoreProvider.Sqlite)
            await WriteSqliteAsync(dataDirectory);
    }

    /// <summary>Writes a migrated SQLite store to a data directory.</summary>
    public static async Task WriteSqliteAsync(string dataDirectory) =>
        await File.WriteAllBytesAsync(Path.Combine(dataDirectory, "klaviyo-export.db"), await SqliteTemplate.Value);

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<byte[]> MigrateSqliteAsync()
    {
        var file = Path.GetTempFileName();
        try
        {
            // Without a pool, so that the file is complete when the last connection is closed.
            await using (
                var db = new SqliteAppDb(new DbContextOptionsBuilder<SqliteAppDb>().UseSqlite($"Data Source={file};Pooling=False").Options)
            )
                await db.Database.MigrateAsync();
            return await File.ReadAllBytesAsync(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static StoreProvider OfTest() =>
        TestContext.Current.TestClass?.Traits.TryGetValue(Trait, out var stores) == true
            ? Enum.Parse<StoreProvider>(stores.Single())
            : StoreProvider.Sqlite;
}
