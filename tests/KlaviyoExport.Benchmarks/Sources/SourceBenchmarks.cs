using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Secrets;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KlaviyoExport.Benchmarks.Sources;

/// <summary>Loads, counts and reads a million rows of ten columns in the order of the keys.</summary>
[SimpleJob(RunStrategy.Monitoring, warmupCount: 1, iterationCount: 3)]
[MemoryDiagnoser]
public class SourceBenchmarks
{
    private static readonly Actor Someone = new("b", "Benchmark", Role.Administrator);

    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-benchmark-").FullName;
    private ServiceProvider _services = null!;
    private Source _source = null!;

    [Params(1_000_000)]
    public int Rows { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        var file = Path.Combine(_directory, "customers.csv");
        await WriteAsync(file);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Sources:Roots:0"] = _directory })
            .Build();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IConfiguration>(configuration)
            .AddData(configuration, _directory)
            .AddSecrets()
            .AddSources(configuration)
            .AddSegments()
            .BuildServiceProvider();
        await _services.GetServices<IHostedService>().OfType<StoreMigration>().Single().StartingAsync(default);
        _source = await _services
            .GetRequiredService<SourceService>()
            .SaveAsync(
                Someone,
                new SourceDraft
                {
                    Name = "Customers",
                    Location = file,
                    KeyColumns = ["id"],
                },
                default
            );
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _services.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark]
    public Task Load() => _services.GetRequiredService<SourceService>().LoadAsync(Someone, _source.Id, default);

    [Benchmark]
    public Task<long> CountAll() => Reader.CountAsync(_source, All, default);

    [Benchmark]
    public Task<long> CountByTextAndNumber() =>
        Reader.CountAsync(
            _source,
            new ConditionSegment(
                new ConditionGroup(
                    GroupKind.All,
                    [new Condition("city", Operator.Equal, ["novi sad"]), new Condition("orders", Operator.Greater, ["10"])]
                )
            ),
            default
        );

    [Benchmark]
    public async Task<long> Read()
    {
        long profiles = 0;
        await foreach (
            var profile in Reader.ReadAsync(
                _source,
                new SegmentSelection(
                    [
                        new Segment
                        {
                            Name = "all",
                            CreatedBy = "b",
                            SourceId = _source.Id,
                            Definition = All,
                        },
                    ],
                    []
                ),
                ["email", "first", "last", "city"],
                default
            )
        )
            profiles += profile.Values.Count > 0 ? 1 : 0;
        return profiles;
    }

    private SegmentReader Reader => _services.GetRequiredService<SegmentReader>();

    private static ConditionSegment All => new(new ConditionGroup(GroupKind.All, []));

    private async Task WriteAsync(string file)
    {
        var random = new Random(1);
        string[] cities = ["Novi Sad", "Girona", "Niš", "Vic", "Београд"];
        await using var writer = new StreamWriter(file);
        await writer.WriteLineAsync("id,email,first,last,city,orders,spent,since,active,note");
        for (var i = 0; i < Rows; i++)
        {
            var id =
                new Guid(random.Next(), 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)random.Next(256)).ToString("N")
                + i.ToString(CultureInfo.InvariantCulture);
            await writer.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{id},customer{i}@example.com,Ana{i % 977},\"Petrović, {i % 1979}\",{cities[random.Next(cities.Length)]},{random.Next(40)},{random.Next(100_000) / 100m},20{random.Next(10, 26)}-0{random.Next(1, 10)}-1{random.Next(10)},{(random.Next(2) == 0 ? "yes" : "no")},"
                )
            );
        }
    }
}
