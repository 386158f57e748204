using KlaviyoExport.Benchmarks.Commands;

namespace KlaviyoExport.Benchmarks.Footprint;

/// <summary>
/// The command <c>footprint</c>: how large the published application is, how long it takes to start, and how much memory it uses when
/// idle. Options: <c>--idle</c> (seconds, 60) and <c>--times</c> (starts of which the median is taken, 5).
/// </summary>
internal static class FootprintBenchmark
{
    private const double Megabyte = 1_000_000;

    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var options = new CommandOptions(arguments, "idle", "times");
        var (idle, times) = (options.Seconds("idle", 60)[0], options.Numbers("times", 5)[0]);
        var report = new Report("footprint");
        var table = new Table("what", "value", "unit");
        var directory = Directory.CreateTempSubdirectory("klaviyo-export-benchmark-").FullName;
        try
        {
            var application = await Publication.CreateAsync(directory, selfContained: false);
            Add("published, needs .NET", application.Bytes / Megabyte, "MB");
            Add("published, with .NET", await SelfContainedAsync(directory), "MB");
            Add("first start (creates the store)", await application.StartAsync(Fresh("first"), isDemo: false), "s");
            Add("start", await MedianAsync(times, () => application.StartAsync(Fresh("again", keeps: true), isDemo: false)), "s");
            var number = 0;
            Add(
                "first demo start (creates its data)",
                await MedianAsync(times, () => application.StartAsync(Fresh($"demo{number++}"), true)),
                "s"
            );
            Add("memory when idle", await application.IdleMegabytesAsync(Fresh("again", keeps: true), idle), "MB");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
        report.Close();

        void Add(string what, object? value, string unit)
        {
            table.Add(what, value ?? "cannot be published here", value is null ? "" : unit);
            report.Add(
                table,
                new
                {
                    what,
                    value,
                    unit,
                }
            );
        }

        string Fresh(string name, bool keeps = false)
        {
            var data = Path.Combine(directory, $"data-{name}");
            if (!keeps && Directory.Exists(data))
                Directory.Delete(data, recursive: true);
            return data;
        }
    }

    /// <returns>Null when the runtime is not in the package feed.</returns>
    private static async Task<double?> SelfContainedAsync(string directory)
    {
        try
        {
            return (await Publication.CreateAsync(directory, selfContained: true)).Bytes / Megabyte;
        }
        catch (InvalidOperationException fault)
        {
            Console.WriteLine(fault.Message);
            return null;
        }
    }

    private static async Task<TimeSpan> MedianAsync(int times, Func<Task<TimeSpan>> measureAsync)
    {
        var measured = new List<TimeSpan>();
        for (var time = 0; time < times; time++)
            measured.Add(await measureAsync());
        return measured.Order().ElementAt(times / 2);
    }
}
