using System.Globalization;
using KlaviyoExport.Benchmarks.Commands;
using KlaviyoExport.Benchmarks.Customers;
using KlaviyoExport.Benchmarks.Processes;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Benchmarks.EndToEnd;

/// <summary>
/// Measures the product as a process, with the sandbox as another one. Each run has a web process of its own. It first runs a small export,
/// so that its code is compiled, and is then idle until a system refresh is due, which loads the source, counts the members and starts the
/// run.
/// </summary>
internal static class ProductRun
{
    private static readonly TimeSpan UntilRefresh = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    /// <returns>A measurement for each step of the scenario.</returns>
    /// <exception cref="BenchmarkFailedException">A run was not successful, or its counts are not those of the customers.</exception>
    public static async IAsyncEnumerable<Measurement> MeasureAsync(Scenario scenario)
    {
        using var patience = new CancellationTokenSource(Patience + (scenario.Steps.Count * scenario.Job));
        var directory = Directory.CreateTempSubdirectory("klaviyo-export-benchmark-").FullName;
        try
        {
            await using var database = scenario.Store == StoreProvider.PostgreSql ? await Postgres.CreateAsync(patience.Token) : null;
            await using var server = scenario.Source == SourceKind.PostgreSql ? await Postgres.CreateAsync(patience.Token) : null;
            await using var sandbox = await SandboxProcess.StartAsync(scenario.Job, patience.Token);
            var customers = CustomerSource.Create(scenario.Source, directory, server?.ConnectionString);
            await customers.WriteAsync(scenario.Customers, patience.Token);
            await using var installation = await Installation.CreateAsync(
                scenario,
                customers,
                sandbox,
                directory,
                database?.ConnectionString,
                patience.Token
            );
            var written = scenario.Customers;
            foreach (var step in scenario.Steps)
            {
                if (step.Customers != written)
                    await customers.WriteAsync(written = step.Customers, patience.Token);
                yield return await MeasureAsync(scenario, step, installation, sandbox, patience.Token);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<Measurement> MeasureAsync(
        Scenario scenario,
        Step step,
        Installation installation,
        SandboxProcess sandbox,
        CancellationToken cancellationToken
    )
    {
        await sandbox.SetLatencyAsync(TimeSpan.Zero, cancellationToken);
        var now = TimeProvider.System.GetUtcNow();
        var due = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero) + UntilRefresh;
        var warmUpId = await installation.PlanAsync(due, cancellationToken);
        await using var web = ChildProcess.Start(
            "dotnet",
            [Builds.Web, "--urls=http://127.0.0.1:0", .. installation.Settings],
            Path.GetDirectoryName(Builds.Web),
            new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Production" }
        );
        await web.SaysAsync("Klaviyo Export is at", cancellationToken);
        await new StageWatch(installation).EndAsync(runs => runs.Where(run => run.Id == warmUpId), cancellationToken);
        await sandbox.SetLatencyAsync(scenario.Latency, cancellationToken);
        var rest = due - TimeProvider.System.GetUtcNow() - TimeSpan.FromMilliseconds(100);
        if (rest > TimeSpan.Zero)
            await Task.Delay(rest, cancellationToken);

        ProcessUsage.ResetPeak(web.Id);
        var before = ProcessUsage.Of(web.Id);
        var watch = new StageWatch(installation);
        var run = await watch.EndAsync(
            runs => runs.Where(run => run.ExportId == installation.ExportId && run.Id > warmUpId),
            cancellationToken
        );
        var after = ProcessUsage.Of(web.Id);
        if (step.FaultOf(run.Ledger) is { } fault)
            throw new BenchmarkFailedException($"{scenario}, {step.Name}: {fault}");

        var traffic = await sandbox.TrafficAsync(run.StartedAt!.Value, cancellationToken);
        await using var db = await installation.OpenAsync(cancellationToken);
        var batches = await db.Set<Batch>().Where(batch => batch.RunId == run.Id).ToListAsync(cancellationToken);
        return new Measurement(
            scenario,
            step.Name,
            await TaskTimeAsync(db, RefreshTaskKind.Source, now, cancellationToken),
            await TaskTimeAsync(db, RefreshTaskKind.Segment, now, cancellationToken),
            TimesOf(run, batches, traffic, watch),
            Floor.Of(batches.Count, scenario.Latency),
            batches.Count,
            run.Ledger.Accepted,
            traffic,
            after.Cpu - before.Cpu,
            after.PeakMegabytes
        );
    }

    private static RunTimes TimesOf(Run run, List<Batch> batches, Traffic traffic, StageWatch watch)
    {
        var (start, end) = (run.StartedAt!.Value, run.FinishedAt!.Value);
        return new RunTimes(
            traffic.FirstImport - start,
            watch.Of(Stage.Prepare, end),
            watch.Of(Stage.Send, end),
            watch.Of(Stage.Confirm, end),
            watch.Of(Stage.Remove, end),
            watch.Of(Stage.Close, end),
            batches.Max(batch => batch.ConfirmedAt) - traffic.FirstImport,
            end - start
        );
    }

    /// <summary>Returns how long the refresh worked on the source or segment of the customers.</summary>
    private static async Task<TimeSpan> TaskTimeAsync(
        AppDb db,
        RefreshTaskKind kind,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var tasks = await db.Set<RefreshTask>().AsNoTracking().Where(task => task.Kind == kind).ToListAsync(cancellationToken);
        var task =
            tasks.FindLast(task => task.Name.EndsWith("Customers", StringComparison.Ordinal) && task.StartedAt >= since)
            ?? throw new BenchmarkFailedException(string.Create(CultureInfo.InvariantCulture, $"The refresh had no task of kind {kind}."));
        return task.FinishedAt!.Value - task.StartedAt!.Value;
    }
}
