using BenchmarkDotNet.Running;
using KlaviyoExport.Benchmarks.Bare;
using KlaviyoExport.Benchmarks.Commands;
using KlaviyoExport.Benchmarks.Comparison;
using KlaviyoExport.Benchmarks.EndToEnd;
using KlaviyoExport.Benchmarks.Exports;
using KlaviyoExport.Benchmarks.Footprint;
using KlaviyoExport.Benchmarks.Growth;
using KlaviyoExport.Benchmarks.Lists;
using KlaviyoExport.Benchmarks.Sdk;
using KlaviyoExport.Benchmarks.Sources;

// Each command is described in docs/performance.md. What is not a command goes to BenchmarkDotNet.
try
{
    switch (args)
    {
        case ["end-to-end", .. var options]:
            await EndToEndBenchmark.RunAsync(options);
            break;
        case ["bare-loop", .. var options]:
            await BareLoopBenchmark.RunAsync(options);
            break;
        case [BareLoop.Command, .. var options]:
            await BareLoop.RunAsync(options);
            break;
        case ["sdk", .. var options]:
            await SdkBenchmark.RunAsync(options);
            break;
        case ["footprint", .. var options]:
            await FootprintBenchmark.RunAsync(options);
            break;
        case ["compare", .. var options]:
            await ComparisonBenchmark.RunAsync(options);
            break;
        case ["growth", .. var options]:
            await GrowthBenchmark.RunAsync(options);
            break;
        // Fills a store once, which takes longer than all its queries, so it measures the queries itself.
        case ["lists"]:
            await ListTimes.RunAsync();
            break;
        // Writes a million rows a few times, which needs no statistics.
        case ["memberships"]:
            await MembershipTimes.RunAsync();
            break;
        // Reads through psql and through the product in turn.
        case ["segments"]:
            await SegmentTimes.RunAsync();
            break;
        default:
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
            break;
    }
    return 0;
}
catch (Exception fault) when (fault is BenchmarkFailedException or InvalidOperationException or ArgumentException or FormatException)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}
