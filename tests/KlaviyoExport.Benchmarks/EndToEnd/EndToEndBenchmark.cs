using KlaviyoExport.Benchmarks.Commands;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Benchmarks.EndToEnd;

/// <summary>The command <c>end-to-end</c>: measures the scenarios of a <see cref="Matrix"/>.</summary>
internal static class EndToEndBenchmark
{
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var scenarios = Matrix.Of(new CommandOptions(arguments, Matrix.Options));
        var report = new Report("end-to-end");
        var table = NewTable();
        foreach (var scenario in scenarios)
        {
            await foreach (var measurement in ProductRun.MeasureAsync(scenario))
                Add(report, table, measurement);
        }
        report.Close();
    }

    public static Table NewTable() =>
        new(
            "rows",
            "fields",
            "source",
            "store",
            "latency",
            "run",
            "load",
            "prepare",
            "send",
            "confirm",
            "remove",
            "first send",
            "delivery",
            "floor",
            "whole run",
            "accepted",
            "batches",
            "calls",
            "429",
            "CPU",
            "peak MB"
        );

    public static void Add(Report report, Table table, Measurement measurement)
    {
        var (scenario, times) = (measurement.Scenario, measurement.Times);
        table.Add(
            scenario.Rows,
            scenario.Fields,
            scenario.Source,
            scenario.Store,
            scenario.Latency,
            scenario.Mode == SyncMode.Full ? "full" : $"{scenario.Mode}, {measurement.Step}",
            measurement.Load,
            times.Prepare,
            times.Send,
            times.Confirm,
            times.Remove,
            times.UntilFirstSend,
            times.Delivery,
            measurement.Floor,
            times.Whole,
            measurement.Accepted,
            measurement.Batches,
            measurement.Traffic.Calls.Values.Sum(),
            measurement.Traffic.Throttled,
            measurement.Cpu,
            (long)measurement.PeakMegabytes
        );
        report.Add(table, measurement);
    }
}
