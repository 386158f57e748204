using KlaviyoExport.Benchmarks.Processes;

namespace KlaviyoExport.Benchmarks.EndToEnd;

/// <summary>What was measured of one run.</summary>
/// <param name="Step">"full", or of the three runs of an incremental or mirror export: "first", "unchanged", "changed".</param>
/// <param name="Load">The time to load the source before the run.</param>
/// <param name="Count">The time to count the members before the run.</param>
/// <param name="Times">The times of the run.</param>
/// <param name="Floor">The shortest time in which Klaviyo takes the batches.</param>
/// <param name="Cpu">The CPU time of the product from the start of the load to the end of the run.</param>
/// <param name="PeakMegabytes">The largest resident memory of the product in this time.</param>
internal sealed record Measurement(
    Scenario Scenario,
    string Step,
    TimeSpan Load,
    TimeSpan Count,
    RunTimes Times,
    TimeSpan Floor,
    int Batches,
    long Accepted,
    Traffic Traffic,
    TimeSpan Cpu,
    double PeakMegabytes
);
