using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace KlaviyoExport.Benchmarks.Data;

/// <summary>
/// Writes a million delivered profiles in chunks of 10,000, each in a transaction of its own: new ones, and the same again. PostgreSQL
/// needs the variable KLAVIYOEXPORT_TEST_POSTGRES, the connection string of a server on which a database may be created.
/// </summary>
[SimpleJob(RunStrategy.Monitoring, warmupCount: 0, iterationCount: 3)]
[MemoryDiagnoser]
public class BulkUpsertBenchmarks
{
    private const string Server = "KLAVIYOEXPORT_TEST_POSTGRES";
    private const int Chunk = 10_000;

    private static readonly Dictionary<string, BulkMerge> Merge = new() { [nameof(Membership.Email)] = BulkMerge.KeepUnlessNull };

    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-benchmark-").FullName;
    private ServiceProvider _services = null!;
    private List<Membership> _rows = null!;

    [Params(1_000_000)]
    public int Rows { get; set; }

    [ParamsSource(nameof(Providers))]
    public StoreProvider Provider { get; set; }

    public static IEnumerable<StoreProvider> Providers =>
        Environment.GetEnvironmentVariable(Server) is { Length: > 0 }
            ? [StoreProvider.Sqlite, StoreProvider.PostgreSql]
            : [StoreProvider.Sqlite];

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        var settings = new Dictionary<string, string?> { ["DataDirectory"] = _directory };
        if (Provider == StoreProvider.PostgreSql)
        {
            settings["Database:Provider"] = nameof(StoreProvider.PostgreSql);
            settings[DatabaseOptions.ConnectionKey] = new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable(Server))
            {
                Database = $"benchmark_{Guid.NewGuid():N}",
            }.ConnectionString;
        }
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(TimeProvider.System)
            .AddData(configuration, _directory)
            .BuildServiceProvider();
        await ActivatorUtilities.CreateInstance<StoreMigration>(_services).StartingAsync(default);
        _rows = RowsOf(await AddExportAsync());
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        if (Provider == StoreProvider.PostgreSql)
        {
            await using var db = await OpenAsync();
            await db.Database.EnsureDeletedAsync();
        }
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    [IterationSetup(Target = nameof(WriteNew))]
    public void Empty()
    {
        using var db = _services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContext();
        db.Set<Membership>().ExecuteDelete();
    }

    [IterationSetup(Target = nameof(WriteAgain))]
    public void Fill()
    {
        Empty();
        WriteAsync().GetAwaiter().GetResult();
    }

    [Benchmark]
    public Task WriteNew() => WriteAsync();

    [Benchmark]
    public Task WriteAgain() => WriteAsync();

    private async Task WriteAsync()
    {
        foreach (var chunk in _rows.Chunk(Chunk))
        {
            await using var db = await OpenAsync();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.UpsertAsync(chunk, Merge, default);
            await transaction.CommitAsync();
        }
    }

    private List<Membership> RowsOf(int exportId)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable
                .Range(0, Rows)
                .Select(_ => new Membership
                {
                    ExportId = exportId,
                    EmailHash = Bytes(random, 16),
                    Fingerprint = Bytes(random, 16),
                    Email = Bytes(random, 116), // As long as the protected address of most people.
                }),
        ];
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private async Task<int> AddExportAsync()
    {
        var export = new Export
        {
            Name = "Export",
            ListId = "L",
            ListName = "L",
            EmailField = "email",
            CreatedBy = "b",
            Source = new()
            {
                Name = "Customers",
                Location = "customers.csv",
                KeyColumn = "id",
                CreatedBy = "b",
            },
            Connection = new Connection
            {
                Name = "Shop",
                AccountId = "A",
                AccountName = "Shop",
                ApiKey = [],
                ApiKeyEnding = "",
                ConsentBy = "b",
                CreatedBy = "b",
            },
        };
        await using var db = await OpenAsync();
        db.Add(export);
        await db.SaveChangesAsync();
        return export.Id;
    }

    private Task<AppDb> OpenAsync() => _services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync();
}
