using System.Diagnostics;
using System.Globalization;
using KlaviyoExport.Benchmarks.Commands;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Secrets;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace KlaviyoExport.Benchmarks.Sources;

/// <summary>
/// Reads segments with one percent of a million rows of 30 columns from the PostgreSQL of KLAVIYOEXPORT_TEST_POSTGRES, a connection string
/// of a user who may create databases, and reads the same rows with psql. Both read all columns.
/// </summary>
internal static class SegmentTimes
{
    private const int Rows = 1_000_000;
    private const int Repetitions = 5;

    private static readonly Actor Someone = new("b", "Benchmark", Role.Administrator);

    private static readonly (string Name, string Sql, Condition Condition)[] Segments =
    [
        ("date", "joined = DATE '2026-03-01'", new("joined", Operator.On, ["2026-03-01"])),
        ("number", "points = 42", new("points", Operator.Equal, ["42"])),
        ("text", "country = 'RS'", new("country", Operator.Equal, ["RS"])),
        ("text in any case", "country ILIKE '%rs%'", new("country", Operator.Contains, ["rs"])),
    ];

    public static async Task RunAsync()
    {
        var server =
            Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_POSTGRES")
            ?? throw new BenchmarkFailedException("KLAVIYOEXPORT_TEST_POSTGRES must name a PostgreSQL server.");
        var set = new NpgsqlConnectionStringBuilder(server) { Database = $"benchmark_{Guid.NewGuid():N}" };
        await ExecuteAsync(server, $"CREATE DATABASE {set.Database}");
        var directory = Directory.CreateTempSubdirectory("klaviyo-export-benchmark-").FullName;
        try
        {
            await ExecuteAsync(set.ConnectionString, Customers());
            await MeasureAsync(set, directory);
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await ExecuteAsync(server, $"DROP DATABASE {set.Database} WITH (FORCE)");
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MeasureAsync(NpgsqlConnectionStringBuilder set, string directory)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IConfiguration>(configuration)
            .AddData(configuration, directory)
            .AddSecrets()
            .AddSources(configuration)
            .AddSegments()
            .BuildServiceProvider();
        await services.GetServices<IHostedService>().OfType<StoreMigration>().Single().StartingAsync(default);
        var loading = Stopwatch.StartNew();
        var source = await services
            .GetRequiredService<SourceService>()
            .SaveAsync(
                Someone,
                new SourceDraft
                {
                    Name = "Customers",
                    Kind = SourceKind.PostgreSql,
                    Host = set.Host,
                    Port = set.Port,
                    Database = set.Database,
                    User = set.Username,
                    Password = set.Password,
                    Tls = ServerTls.None,
                    Table = "public.people",
                    KeyColumns = ["id"],
                },
                default
            );
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"load: {loading.Elapsed.TotalSeconds:0.0} s"));
        Console.WriteLine("segment | members | rows read | psql, s | product, s | ratio");
        var reader = services.GetRequiredService<SegmentReader>();
        foreach (var (name, sql, condition) in Segments)
        {
            var segment = new Segment
            {
                Name = name,
                SourceId = source.Id,
                CreatedBy = "b",
                Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [condition])),
            };
            var (psql, product, members) = (new List<double>(), new List<double>(), 0);
            // One after the other in turn, so that both meet the same machine.
            for (var i = 0; i <= Repetitions; i++)
            {
                var watch = Stopwatch.StartNew();
                await PsqlAsync(set, $"COPY (SELECT * FROM people WHERE {sql} ORDER BY id) TO STDOUT");
                psql.Add(watch.Elapsed.TotalSeconds);
                watch.Restart();
                members = 0;
                await foreach (
                    var _ in reader.ReadAsync(
                        source,
                        new SegmentSelection([segment], []),
                        [.. source.Fields.Select(field => field.Name)],
                        default
                    )
                )
                    members++;
                product.Add(watch.Elapsed.TotalSeconds);
            }
            var rowsRead = (await reader.MeasureAsync(source, segment, default)).Reading!.RowsRead;
            var (one, other) = (Median(psql), Median(product));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name} | {members} | {rowsRead} | {one:0.000} | {other:0.000} | {other / one:0.00}"
                )
            );
        }
    }

    private static string Customers()
    {
        var more = string.Concat(Enumerable.Range(7, 24).Select(i => $", c{i} {(i % 3 == 0 ? "int" : "text")}"));
        var values = string.Concat(Enumerable.Range(7, 24).Select(i => i % 3 == 0 ? $", i % {i}" : $", 'value ' || i % {i}"));
        return $"""
            CREATE TABLE people(id bigint PRIMARY KEY, email text, country text, points int, joined date, city text{more});
            INSERT INTO people SELECT i, 'customer' || i || '@shop.example', CASE WHEN i % 100 = 0 THEN 'RS' ELSE 'ES' END, i % 100,
                DATE '2026-01-01' + i % 100, CASE WHEN i % 3 = 0 THEN 'Niš' ELSE 'Barcelona' END{values}
            FROM generate_series(1, {Rows.ToString(CultureInfo.InvariantCulture)}) AS i;
            ANALYZE people
            """;
    }

    private static async Task PsqlAsync(NpgsqlConnectionStringBuilder set, string sql)
    {
        var start = new ProcessStartInfo("psql") { RedirectStandardOutput = true };
        foreach (var argument in new[] { "-X", "-q", "-h", set.Host!, "-p", set.Port.ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(argument);
        foreach (var argument in new[] { "-U", set.Username!, "-d", set.Database!, "-c", sql })
            start.ArgumentList.Add(argument);
        start.Environment["PGPASSWORD"] = set.Password;
        start.Environment["PGSSLMODE"] = "disable";
        using var psql = Process.Start(start)!;
        await psql.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        await psql.WaitForExitAsync();
        if (psql.ExitCode != 0)
            throw new BenchmarkFailedException($"psql ended with exit code {psql.ExitCode}.");
    }

    /// <summary>The median of all but the first, which warms up.</summary>
    private static double Median(List<double> seconds) => seconds.Skip(1).Order().ElementAt(Repetitions / 2);

    private static async Task ExecuteAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The benchmark's own SQL.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }
}
