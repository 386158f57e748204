using KlaviyoExport.Benchmarks.Commands;
using KlaviyoExport.Benchmarks.Customers;

namespace KlaviyoExport.Benchmarks.Sdk;

/// <summary>The command <c>sdk</c>: Klaviyo's official SDK, used in both ways. Options: <c>--rows</c>, <c>--latency</c>, <c>--job</c>.</summary>
internal static class SdkBenchmark
{
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var options = new CommandOptions(arguments, "rows", "latency", "job");
        var report = new Report("sdk");
        var table = new Table("rows", "latency", "use", "whole", "delivery", "accepted", "calls", "429", "CPU", "peak MB");
        using var script = await SdkScript.InstallAsync();
        foreach (var rows in options.Numbers("rows", 100_000, 1_000_000))
        {
            foreach (var latency in options.Seconds("latency", 0, 0.8))
            {
                foreach (var use in Enum.GetValues<SdkUse>())
                {
                    var result = await script.MeasureAsync(new CustomerSet(rows, 0), use, latency, options.Seconds("job", 0.4)[0]);
                    table.Add(
                        rows,
                        latency,
                        use,
                        TimeSpan.FromSeconds(result.Whole),
                        TimeSpan.FromSeconds(result.Delivery),
                        result.Accepted,
                        result.Traffic!.Calls.Values.Sum(),
                        result.Traffic.Throttled,
                        TimeSpan.FromSeconds(result.Cpu),
                        (long)result.PeakMegabytes
                    );
                    report.Add(
                        table,
                        new
                        {
                            rows,
                            latency,
                            use,
                            result,
                        }
                    );
                }
            }
        }
        report.Close();
    }
}
