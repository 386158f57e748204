using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KlaviyoExport.Benchmarks.Commands;
using KlaviyoExport.Benchmarks.Customers;
using KlaviyoExport.Benchmarks.Processes;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Benchmarks.Bare;

/// <summary>
/// The least that any program must do: read the rows, leave out unusable addresses and repeated ones, post the bodies with as many calls in
/// flight as the product, and ask for the jobs until they are complete. It stores nothing, so it cannot be interrupted.
/// </summary>
internal static class BareLoop
{
    /// <summary>The command under which the benchmarks start it as a process.</summary>
    public const string Command = "bare-loop-process";

    private const int CallsInFlight = 32;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs the loop in a process of its own against the sandbox at an address.</summary>
    /// <returns>Its output, which ends with a <see cref="ScriptResult"/>.</returns>
    public static Task<string> StartAsync(CustomerSource source, int fields, Uri sandbox, CancellationToken cancellationToken) =>
        ChildProcess.RunAsync(
            "dotnet",
            [
                Builds.Benchmarks,
                Command,
                "--source",
                source.Kind.ToString(),
                "--place",
                source.Place,
                "--fields",
                fields.ToString(CultureInfo.InvariantCulture),
                "--sandbox",
                sandbox.ToString(),
            ],
            directory: null,
            cancellationToken
        );

    /// <summary>The loop itself.</summary>
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var options = new CommandOptions(arguments, "source", "place", "fields", "sandbox");
        var start = Stopwatch.GetTimestamp();
        using var klaviyo = new PlainKlaviyo(new Uri(options.Text("sandbox")!), SandboxProcess.List);
        using var flight = new SemaphoreSlim(CallsInFlight);
        var source = CustomerSource.At(options.Choices<SourceKind>("source")[0], options.Text("place")!);
        var imports = new List<Task<string>>();
        long? firstSend = null;
        foreach (var (body, _) in ImportBodies.Of(source.Read(), options.Numbers("fields")[0], SandboxProcess.List))
        {
            await flight.WaitAsync();
            firstSend ??= Stopwatch.GetTimestamp();
            imports.Add(SendAsync(body));
        }
        var accepted = 0;
        for (var open = (await Task.WhenAll(imports)).ToHashSet(); open.Count > 0; )
        {
            await foreach (var (id, completed) in klaviyo.CompleteJobsAsync())
                accepted += open.Remove(id) ? completed : 0;
            if (open.Count > 0)
                await Task.Delay(BetweenLooks);
        }
        var usage = ProcessUsage.Of(Environment.ProcessId);
        Console.WriteLine(
            JsonSerializer.Serialize(
                new ScriptResult(
                    Stopwatch.GetElapsedTime(start).TotalSeconds,
                    Stopwatch.GetElapsedTime(firstSend ?? start).TotalSeconds,
                    accepted,
                    imports.Count,
                    usage.Cpu.TotalSeconds,
                    usage.PeakMegabytes
                ),
                JsonSerializerOptions.Web
            )
        );

        async Task<string> SendAsync(ReadOnlyMemory<byte> body)
        {
            try
            {
                return await klaviyo.ImportAsync(body);
            }
            finally
            {
                flight.Release();
            }
        }
    }
}
