using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KlaviyoExport.Tests;

/// <summary>
/// Where a test's store is: a SQLite file, or a database of its own on a server. A class of tests is run over another store by a class of
/// its own that inherits it and says <c>[Trait(StorePlace.Trait, …)]</c>; see <c>Data/OnServers.cs</c>.
/// </summary>
internal sealed class StorePlace : IAsyncDisposable
{
    public const string Trait = "Store";

    // All migrations as one script: several times as fast as applying them one by one for every test.
    private static readonly Lazy<string> Tables = new(() =>
    {
        using var db = new PostgreSqlAppDb(new DbContextOptionsBuilder<PostgreSqlAppDb>().UseNpgsql("Host=localhost").Options);
        return db.GetService<IMigrator>().GenerateScript();
    });

    private readonly ServerDatabase? _database;

    private StorePlace(StoreProvider provider, ServerDatabase? database) => (Provider, _database) = (provider, database);

    public StoreProvider Provider { get; }

    public Dictionary<string, string?> Settings =>
        _database is null
            ? []
            : new() { ["Database:Provider"] = Provider.ToString(), ["ConnectionStrings:Default"] = _database.ConnectionString };

    /// <param name="on">Null: what the class of the running test says; SQLite where it says nothing.</param>
    public static async Task<StorePlace> CreateAsync(StoreProvider? on = null)
    {
        var provider = on ?? OfTest();
        return new StorePlace(
            provider,
            provider switch
            {
                StoreProvider.PostgreSql => await PostgreSqlAsync(),
                StoreProvider.SqlServer => await ServerDatabase.SqlServerAsync(),
                _ => null,
            }
        );
    }

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<ServerDatabase> PostgreSqlAsync()
    {
        var database = await ServerDatabase.PostgreSqlAsync();
        await database.ExecuteAsync(Tables.Value);
        return database;
    }

    private static StoreProvider OfTest() =>
        TestContext.Current.TestClass?.Traits.TryGetValue(Trait, out var stores) == true
            ? Enum.Parse<StoreProvider>(stores.Single())
            : StoreProvider.Sqlite;
}
