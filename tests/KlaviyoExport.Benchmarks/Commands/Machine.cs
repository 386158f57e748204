using System.Globalization;
using System.Runtime.InteropServices;

namespace KlaviyoExport.Benchmarks.Commands;

/// <summary>The machine that a benchmark ran on.</summary>
/// <param name="Memory">In GB.</param>
internal sealed record Machine(string Processor, int Cores, double Memory, string System, string Runtime)
{
    public static Machine Here { get; } =
        new(
            Value("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription
        );

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Processor}, {Cores} cores, {Memory} GB, {System}, {Runtime}");

    private static string? Value(string file, string name) =>
        File.Exists(file)
            ? File.ReadLines(file)
                .FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
                ?.Split(':', 2, StringSplitOptions.TrimEntries)[1]
            : null;
}
