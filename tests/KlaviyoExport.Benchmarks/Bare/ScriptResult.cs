using System.Text.Json;
using KlaviyoExport.Benchmarks.Commands;
using KlaviyoExport.Benchmarks.Customers;
using KlaviyoExport.Benchmarks.Processes;

namespace KlaviyoExport.Benchmarks.Bare;

/// <summary>
/// What a loop or script that sends the customers prints as its last line. It ran as a process, as the product does.
/// </summary>
/// <param name="Whole">From its first statement to the end, in seconds.</param>
/// <param name="Delivery">From the first import to the last confirmation, in seconds.</param>
/// <param name="Accepted">The number of profiles that were in jobs that are complete, less the failed ones.</param>
/// <param name="Cpu">In seconds, from the start of the process.</param>
internal sealed record ScriptResult(double Whole, double Delivery, int Accepted, int Batches, double Cpu, double PeakMegabytes)
{
    /// <summary>The calls of the script. Set after it has ended.</summary>
    public Traffic? Traffic { get; init; }

    /// <summary>Runs a script against a new sandbox, and checks that everybody who can be delivered is on the list.</summary>
    /// <param name="run">Runs the script against the sandbox at an address and returns its output.</param>
    /// <exception cref="BenchmarkFailedException">Not everybody is on the list.</exception>
    public static async Task<ScriptResult> OfAsync(
        CustomerSet customers,
        TimeSpan latency,
        TimeSpan job,
        Func<Uri, Task<string>> run,
        CancellationToken cancellationToken
    )
    {
        await using var sandbox = await SandboxProcess.StartAsync(job, cancellationToken);
        await sandbox.SetLatencyAsync(latency, cancellationToken);
        var output = await run(sandbox.Address);
        var last = output.Split('\n').Last(line => line.StartsWith('{'));
        var result = JsonSerializer.Deserialize<ScriptResult>(last, JsonSerializerOptions.Web)!;
        var members = await sandbox.MembersAsync(cancellationToken);
        if (members != customers.Deliverable || result.Accepted != customers.Deliverable)
            throw new BenchmarkFailedException(
                $"{members} people are on the list and {result.Accepted} were accepted instead of {customers.Deliverable}.\n{output}"
            );
        return result with { Traffic = await sandbox.TrafficAsync(DateTimeOffset.MinValue, cancellationToken) };
    }
}
