using System.Diagnostics.Metrics;
using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Overview;

/// <summary>
/// Measures the backlog: what waits in the store and what this server does. The store is read every fifteen seconds, and only while somebody
/// listens. All servers of a cluster report the same numbers of the store.
/// </summary>
internal sealed class StoreGauges : BackgroundService
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "KlaviyoExport.Overview";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private static readonly (RunPhase Phase, string Name)[] Phases =
    [
        (RunPhase.Waiting, "waiting"),
        (RunPhase.Held, "needs_approval"),
        (RunPhase.Working, "working"),
    ];

    private readonly IDbContextFactory<AppDb> _stores;
    private readonly TimeProvider _clock;
    private readonly RunTelemetry _telemetry;
    private readonly ILogger<StoreGauges> _logger;
    private readonly ObservableGauge<long> _runs;
    private volatile Reading? _last;

    public StoreGauges(
        IDbContextFactory<AppDb> stores,
        Node node,
        RunTelemetry telemetry,
        IMeterFactory meters,
        TimeProvider clock,
        ILogger<StoreGauges> logger
    )
    {
        (_stores, _telemetry, _clock, _logger) = (stores, telemetry, clock, logger);
        var meter = meters.Create(Name);
        _runs = meter.CreateObservableGauge("klaviyo_export.runs.active", Runs, "{run}", "Runs that have not ended, by phase.");
        meter.CreateObservableGauge("klaviyo_export.runs.oldest_wait", Oldest, "s", "How long the longest waiting queued run has waited.");
        meter.CreateObservableGauge(
            "klaviyo_export.exports.missed",
            Missed,
            "{export}",
            "Exports with a missed run that no run made up for."
        );
        meter.CreateObservableGauge("klaviyo_export.node.runs", () => (long)node.Working, "{run}", "Runs that this server executes.");
        meter.CreateObservableGauge(
            "klaviyo_export.node.draining",
            () => node.IsDraining ? 1L : 0L,
            null,
            "1 while this server is draining."
        );
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _telemetry.Announce();
        using var timer = new PeriodicTimer(Interval, _clock);
        do
        {
            if (_runs.Enabled)
                await LookAsync(stoppingToken);
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Reads the store. After a failure, nothing is reported until the store can be read again.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await _stores.CreateDbContextAsync(cancellationToken);
            var states = await db.Set<Run>()
                .Where(run => run.ActiveExportId != null)
                .GroupBy(run => run.State)
                .Select(group => new
                {
                    State = group.Key,
                    Count = group.LongCount(),
                    Since = group.Min(run => run.ApprovedAt ?? run.QueuedAt),
                })
                .ToListAsync(cancellationToken);
            _last = new Reading(
                Phases.ToDictionary(
                    phase => phase.Name,
                    phase => states.Where(state => state.State.Phase() == phase.Phase).Sum(state => state.Count)
                ),
                states.Find(state => state.State == RunState.Queued)?.Since,
                await db.Set<Export>().LongCountAsync(export => export.MissedAt != null && export.ConnectionId != null, cancellationToken)
            );
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            _last = null;
            Log.NotMeasured(_logger, fault);
        }
    }

    private IEnumerable<Measurement<long>> Runs() =>
        _last?.Runs.Select(phase => new Measurement<long>(phase.Value, KeyValuePair.Create("klaviyo_export.run.phase", (object?)phase.Key)))
        ?? [];

    private IEnumerable<Measurement<double>> Oldest() =>
        _last is { } last ? [new(last.OldestQueued is { } since ? (_clock.GetUtcNow() - since).TotalSeconds : 0)] : [];

    private IEnumerable<Measurement<long>> Missed() => _last is { } last ? [new(last.Missed)] : [];

    private sealed record Reading(IReadOnlyDictionary<string, long> Runs, DateTimeOffset? OldestQueued, long Missed);
}
