using KlaviyoExport.Benchmarks.Commands;
using KlaviyoExport.Benchmarks.Customers;
using KlaviyoExport.Benchmarks.EndToEnd;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Benchmarks.Bare;

/// <summary>The command <c>bare-loop</c>: the product and the bare loop side by side, for full runs of a <see cref="Matrix"/>.</summary>
internal static class BareLoopBenchmark
{
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var scenarios = Matrix.Of(new CommandOptions(arguments, Matrix.Options)).Where(scenario => scenario.Mode == SyncMode.Full);
        var report = new Report("bare-loop");
        var table = new Table(
            "rows",
            "fields",
            "source",
            "store",
            "latency",
            "product",
            "bare loop",
            "ratio",
            "CPU",
            "bare CPU",
            "MB",
            "bare MB"
        );
        foreach (var scenario in scenarios)
        {
            await foreach (var product in ProductRun.MeasureAsync(scenario))
            {
                var bare = await MeasureAsync(scenario);
                table.Add(
                    scenario.Rows,
                    scenario.Fields,
                    scenario.Source,
                    scenario.Store,
                    scenario.Latency,
                    product.Times.Whole,
                    TimeSpan.FromSeconds(bare.Whole),
                    product.Times.Whole.TotalSeconds / bare.Whole,
                    product.Cpu,
                    TimeSpan.FromSeconds(bare.Cpu),
                    (long)product.PeakMegabytes,
                    (long)bare.PeakMegabytes
                );
                report.Add(table, new { Product = product, BareLoop = bare });
            }
        }
        report.Close();
    }

    /// <summary>Runs the bare loop over the customers of a scenario, with a sandbox of its own.</summary>
    public static async Task<ScriptResult> MeasureAsync(Scenario scenario)
    {
        var directory = Directory.CreateTempSubdirectory("klaviyo-export-benchmark-").FullName;
        try
        {
            await using var server = scenario.Source == SourceKind.PostgreSql ? await Postgres.CreateAsync(default) : null;
            var source = CustomerSource.Create(scenario.Source, directory, server?.ConnectionString);
            await source.WriteAsync(scenario.Customers, default);
            return await ScriptResult.OfAsync(
                scenario.Customers,
                scenario.Latency,
                scenario.Job,
                sandbox => BareLoop.StartAsync(source, scenario.Fields, sandbox, default),
                default
            );
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
