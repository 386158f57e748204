using KlaviyoExport.Benchmarks.Bare;
using KlaviyoExport.Benchmarks.Commands;
using KlaviyoExport.Benchmarks.EndToEnd;
using KlaviyoExport.Benchmarks.Sdk;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Benchmarks.Comparison;

/// <summary>
/// The command <c>compare</c>: the product, the bare loop and the SDK side by side, in one hour on one machine, and the targets. Options:
/// <c>--rows</c> (1,000,000), <c>--latency</c> (0.8) and <c>--job</c> (0.4). The targets are meant for these values.
/// </summary>
internal static class ComparisonBenchmark
{
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var options = new CommandOptions(arguments, "rows", "latency", "job");
        var full = new Scenario(
            options.Numbers("rows", 1_000_000)[0],
            0,
            SourceKind.Csv,
            StoreProvider.Sqlite,
            options.Seconds("latency", 0.8)[0],
            SyncMode.Full
        )
        {
            Job = options.Seconds("job", 0.4)[0],
        };
        var report = new Report("compare");
        var runs = EndToEndBenchmark.NewTable();
        using var script = await SdkScript.InstallAsync();
        var compared = new Compared(
            (await ProductAsync(full with { Rows = full.Rows / 100 }))[0],
            (await ProductAsync(full with { Rows = full.Rows / 10 }))[0],
            (await ProductAsync(full))[0],
            await ProductAsync(full with { Mode = SyncMode.Incremental }),
            await ProductAsync(full with { Mode = SyncMode.Mirror }),
            await BareLoopBenchmark.MeasureAsync(full),
            await script.MeasureAsync(full.Customers, SdkUse.OneByOne, full.Latency, full.Job),
            await script.MeasureAsync(full.Customers, SdkUse.PromiseAll, full.Latency, full.Job)
        );
        AddSideBySide(report, compared);
        AddTargets(report, compared);
        report.Close();

        async Task<List<Measurement>> ProductAsync(Scenario scenario)
        {
            var measured = new List<Measurement>();
            await foreach (var measurement in ProductRun.MeasureAsync(scenario))
            {
                measured.Add(measurement);
                EndToEndBenchmark.Add(report, runs, measurement);
            }
            return measured;
        }
    }

    private static void AddSideBySide(Report report, Compared compared)
    {
        var table = new Table("who", "whole", "first send to last confirmation", "floor", "calls", "429", "CPU", "peak MB");
        var product = compared.Full;
        table.Add(
            "Klaviyo Export",
            product.Times.Whole,
            product.Times.Delivery,
            product.Floor,
            product.Traffic.Calls.Values.Sum(),
            product.Traffic.Throttled,
            product.Cpu,
            (long)product.PeakMegabytes
        );
        report.Add(table, new { who = "Klaviyo Export", product });
        Add("bare loop", compared.BareLoop);
        Add("SDK, one by one", compared.SdkOneByOne);
        Add("SDK, Promise.all", compared.SdkPromiseAll);

        void Add(string who, ScriptResult result)
        {
            table.Add(
                who,
                TimeSpan.FromSeconds(result.Whole),
                TimeSpan.FromSeconds(result.Delivery),
                product.Floor,
                result.Traffic!.Calls.Values.Sum(),
                result.Traffic.Throttled,
                TimeSpan.FromSeconds(result.Cpu),
                (long)result.PeakMegabytes
            );
            report.Add(table, new { who, result });
        }
    }

    private static void AddTargets(Report report, Compared compared)
    {
        var table = new Table("target", "limit", "measured", "met");
        foreach (var target in compared.Targets)
        {
            table.Add(target.What, target.LimitText, target.Measured, target.IsMet ? "yes" : "no");
            report.Add(table, target);
        }
    }
}
