using System.Diagnostics;
using System.Globalization;

namespace KlaviyoExport.Benchmarks.Processes;

/// <summary>What a process has used until now.</summary>
/// <param name="Cpu">The time on all cores.</param>
/// <param name="PeakMegabytes">The largest resident memory (VmHWM) since the start, or since <see cref="ResetPeak"/>.</param>
/// <param name="ResidentMegabytes">The resident memory now (VmRSS).</param>
internal sealed record ProcessUsage(TimeSpan Cpu, double PeakMegabytes, double ResidentMegabytes)
{
    public static ProcessUsage Of(int processId)
    {
        using var process = Process.GetProcessById(processId);
        var status = File.ReadAllLines($"/proc/{processId}/status");
        return new(process.TotalProcessorTime, Megabytes("VmHWM"), Megabytes("VmRSS"));

        double Megabytes(string name) =>
            Math.Round(
                long.Parse(
                    status
                        .Single(line => line.StartsWith($"{name}:", StringComparison.Ordinal))
                        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
                    CultureInfo.InvariantCulture
                ) / 1_024d
            );
    }

    /// <summary>Lets the peak of a process count from now on.</summary>
    public static void ResetPeak(int processId) => File.WriteAllText($"/proc/{processId}/clear_refs", "5");
}
