using System.Diagnostics;
using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace KlaviyoExport.Benchmarks.Lists;

/// <summary>
/// Writes a million memberships, five batches of 10,000 in a transaction, as a run does: new ones, and the same again. Then reads them.
/// With the variable KLAVIYOEXPORT_TEST_POSTGRES, the connection string of a server on which a database may be created, also on PostgreSQL.
/// </summary>
internal static class MembershipTimes
{
    private const int Transactions = 20;
    private const int Batches = 5;
    private const int BatchSize = 10_000;

    public static async Task RunAsync()
    {
        await MeasureAsync(StoreProvider.Sqlite, null);
        if (Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_POSTGRES") is { Length: > 0 } server)
            await MeasureAsync(
                StoreProvider.PostgreSql,
                new NpgsqlConnectionStringBuilder(server) { Database = $"benchmark_{Guid.NewGuid():N}" }.ConnectionString
            );
    }

    private static async Task MeasureAsync(StoreProvider provider, string? connection)
    {
        var directory = Directory.CreateTempSubdirectory("klaviyo-export-benchmark-").FullName;
        var settings = new Dictionary<string, string?> { ["DataDirectory"] = directory };
        if (connection is not null)
            (settings["Database:Provider"], settings[DatabaseOptions.ConnectionKey]) = (provider.ToString(), connection);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(TimeProvider.System)
            .AddData(configuration, directory)
            .AddSingleton<EmailHashes>()
            .AddSingleton<Memberships>()
            .BuildServiceProvider();
        await ActivatorUtilities.CreateInstance<StoreMigration>(services).StartingAsync(default);
        using var keys = await services.GetRequiredService<EmailHashes>().LoadAllAsync(default);
        var delivered = Read();
        foreach (var mode in new[] { SyncMode.Incremental, SyncMode.Mirror })
        {
            await TimeAsync($"{provider}, {mode}, new", () => WriteAsync(services, keys, mode, delivered, areNew: true));
            await TimeAsync($"{provider}, {mode}, again", () => WriteAsync(services, keys, mode, delivered, areNew: false));
        }
        await TimeAsync($"{provider}, read", () => services.GetRequiredService<Memberships>().LoadAsync(1, [], default));
        if (connection is not null)
        {
            await using var db = await OpenAsync(services);
            await db.Database.EnsureDeletedAsync();
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>The batches of each transaction, as a run has read them.</summary>
    private static List<List<BatchRow[]>> Read()
    {
        return
        [
            .. Enumerable
                .Range(0, Transactions * Batches)
                .Select(batch =>
                    Enumerable
                        .Range(batch * BatchSize, BatchSize)
                        .Select(number => new BatchRow(number, "", $"customer{number}@shop.example", BitConverter.GetBytes(number)))
                        .ToArray()
                )
                .Chunk(Batches)
                .Select(batches => batches.ToList()),
        ];
    }

    private static async Task WriteAsync(
        IServiceProvider services,
        AddressKeys keys,
        SyncMode mode,
        List<List<BatchRow[]>> delivered,
        bool areNew
    )
    {
        var now = DateTimeOffset.UtcNow;
        foreach (var batches in delivered)
        {
            await using var db = await OpenAsync(services);
            await using var transaction = await db.Database.BeginTransactionAsync();
            foreach (
                var part in MembershipWriter.InOrderOfKey(
                    batches.ConvertAll(batch => (DeliveredPerson.Of(batch, keys, mode, areCertain: true), new DeliveryWindow(now, now)))
                )
            )
                await MembershipWriter.WriteAsync(db, (int)mode, part, areNew, default);
            await transaction.CommitAsync();
        }
    }

    private static Task<AppDb> OpenAsync(IServiceProvider services) =>
        services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync();

    private static async Task TimeAsync(string what, Func<Task> work)
    {
        using var process = Process.GetCurrentProcess();
        var (watch, before) = (Stopwatch.StartNew(), process.TotalProcessorTime);
        await work();
        watch.Stop();
        process.Refresh();
        var processor = process.TotalProcessorTime - before;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {watch.Elapsed.TotalSeconds:F1} s, {processor.TotalSeconds:F1} s of processor time in this process"
            )
        );
    }
}
