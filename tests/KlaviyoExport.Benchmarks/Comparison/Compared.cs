using KlaviyoExport.Benchmarks.Bare;
using KlaviyoExport.Benchmarks.EndToEnd;

namespace KlaviyoExport.Benchmarks.Comparison;

/// <summary>Everything that the command <c>compare</c> has measured.</summary>
/// <param name="Small">A full run of a hundredth of the customers.</param>
/// <param name="Middle">A full run of a tenth of the customers.</param>
/// <param name="Full">A full run of all customers.</param>
/// <param name="Incremental">The three runs of an incremental export.</param>
/// <param name="Mirror">The three runs of a mirror export.</param>
internal sealed record Compared(
    Measurement Small,
    Measurement Middle,
    Measurement Full,
    IReadOnlyList<Measurement> Incremental,
    IReadOnlyList<Measurement> Mirror,
    ScriptResult BareLoop,
    ScriptResult SdkOneByOne,
    ScriptResult SdkPromiseAll
)
{
    private const double MostMegabytes = 300;

    /// <summary>The targets, for 1,000,000 rows, the limits on and a latency of 0.8 s.</summary>
    public IReadOnlyList<Target> Targets
    {
        get
        {
            var whole = Full.Times.Whole.TotalSeconds;
            // The loop and the scripts read the file within their time.
            var withLoad = whole + Full.Load.TotalSeconds;
            return
            [
                new("first send to last confirmation / floor", Full.Times.Delivery!.Value / Full.Floor, 1.25),
                new("answers with status 429", All.Sum(run => run.Traffic.Throttled), 0),
                new("whole run, seconds", whole, 16),
                new("SDK one by one / load and whole run", SdkOneByOne.Whole / withLoad, 5, IsLeast: true),
                new("load and whole run / bare loop", withLoad / BareLoop.Whole, 1.5),
                new("CPU per row, all rows / a tenth", CpuPerRow(Full) / CpuPerRow(Middle), 1.1),
                new("CPU per row, all rows / a hundredth", CpuPerRow(Full) / CpuPerRow(Small), 1.1),
                new("incremental, 1 % changed, seconds", Incremental[^1].Times.Whole.TotalSeconds, 4),
                new("first mirror run / full run", Mirror[0].Times.Whole / Full.Times.Whole, 1.3),
                new("peak memory, MB", Full.PeakMegabytes, MostMegabytes),
                new("peak memory / that of a tenth", Full.PeakMegabytes / Middle.PeakMegabytes, 1.3),
            ];
        }
    }

    /// <summary>All runs of the product.</summary>
    public IEnumerable<Measurement> All => [Small, Middle, Full, .. Incremental, .. Mirror];

    private static double CpuPerRow(Measurement measurement) => measurement.Cpu.TotalSeconds / measurement.Scenario.Rows;
}
