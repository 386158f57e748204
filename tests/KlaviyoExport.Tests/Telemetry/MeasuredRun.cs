using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Telemetry;

/// <summary>The tests of one <see cref="MeasuredRun"/>.</summary>
[CollectionDefinition]
public sealed class MeasuredRuns : ICollectionFixture<MeasuredRun>;

/// <summary>
/// A run of the application in a process of its own, whose telemetry goes to a collector: a mirror run of two batches with refused, invalid
/// and leaving profiles. Klaviyo limits its rate once, and is then unavailable for longer than calls are retried, so the run has two
/// executions.
/// </summary>
public sealed class MeasuredRun : IAsyncLifetime
{
    public const string Token = "a-token-of-the-tests-for-scrapes";
    public const string OneTimeLink = "0000one0time0link0000";

    private static readonly Customer[] Before = [.. Customer.Many(8)];

    private static readonly Customer[] After =
    [
        .. Customer.TwoBatches().Skip(3),
        new("f1", "f1@async-fail.example", "F"),
        new("n1", null, "N"),
        new("i1", "i1 at home", "I"),
        new("z1", "C10@SHOP.example", "Z"),
    ];

    internal Run Run { get; private set; } = null!;

    internal int Batches { get; private set; }

    internal IReadOnlyList<OtlpSpan> Spans { get; private set; } = [];

    internal IReadOnlyList<OtlpPoint> Points { get; private set; } = [];

    internal IReadOnlyDictionary<string, string> Resource { get; private set; } = null!;

    internal IReadOnlyList<string> Authorizations { get; private set; } = [];

    /// <summary>Everything that the collector has received, and the answer of /metrics.</summary>
    internal string Everything { get; private set; } = "";

    /// <summary>The answer of /metrics.</summary>
    internal PrometheusText Scrape { get; private set; } = null!;

    /// <summary>The log of the process.</summary>
    internal string Log { get; private set; } = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var bench = await Workbench.CreateAsync(Before, SyncMode.Mirror);
        await bench.RunAsync();
        await bench.ReplaceCustomersAsync(After);
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Status = 429,
                RetryAfter = 1,
                Times = 1,
                Call = "bulk_import_profiles",
            }
        );
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Status = 503,
                Times = 2,
                Method = "GET",
                Path = "/api/profile-bulk-import-jobs",
            }
        );
        var runId = await bench.QueueAsync();
        using var app = bench.StartApp(
            "Klaviyo:Retry:Tries=2",
            "Klaviyo:Retry:FirstDelay=00:00:00.010",
            "Delivery:RetryAfter:0=00:00:01",
            "Delivery:Approval:AtLeast=1000000",
            "Log:Format=Json",
            $"Telemetry:Otlp:Endpoint={collector.HttpAddress}",
            "Telemetry:Otlp:Headers=Authorization=Bearer of-the-collector",
            "Telemetry:Otlp:MetricInterval=00:00:01",
            "Telemetry:Prometheus:Enabled=true",
            $"Telemetry:Prometheus:Token={Token}"
        );
        Run = await bench.Product.WaitForAsync(runId, run => run.FinishedAt is not null);
        await using (var db = await bench.Product.OpenAsync())
            Batches = await db.Set<Batch>().CountAsync(batch => batch.RunId == runId, Cancel);
        var scrape = await VisitAsync(await app.SaysAsync("Klaviyo Export is at ", Cancel));
        app.Signal("TERM");
        await app.WaitForExitAsync(Cancel);

        (Spans, Points, Resource) = (collector.Spans, collector.Points, collector.Resource);
        (Authorizations, Everything, Log) = ([.. collector.Authorizations], collector.Everything + scrape, app.Output);
        Scrape = new PrometheusText(scrape);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<string> VisitAsync(string address)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("secret-browser/1.0");
        foreach (var path in new[] { "sign-in?returnUrl=%2Fexports%3Fsearch%3Dana%40shop.example", $"setup/{OneTimeLink}", "health/live" })
            (await client.GetAsync(path, Cancel)).Dispose();
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        return await client.GetStringAsync("metrics", Cancel);
    }
}
