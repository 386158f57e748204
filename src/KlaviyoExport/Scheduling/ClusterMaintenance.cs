using KlaviyoExport.Cluster;
using KlaviyoExport.Dispatch;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Scheduling;

/// <summary>
/// Does the regular tasks of one of several servers. Records that this server is alive. Restores missing Quartz triggers, because a
/// server may be killed after it saves a run or a schedule and before it sets the trigger.
/// </summary>
internal sealed class ClusterMaintenance(
    Node node,
    Leases leases,
    RunRecovery recovery,
    Alarm alarm,
    IOptions<ClusterOptions> options,
    TimeProvider clock,
    ILogger<ClusterMaintenance> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!node.HasOthers)
            return;
        using var timer = new PeriodicTimer(options.Value.CheckinInterval, clock);
        do await TryAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await leases.ReportAliveAsync(cancellationToken);
            await recovery.HandOverAsync(cancellationToken);
            await alarm.SetAsync(clock.GetUtcNow() + AlarmJob.AtLatest, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            Log.CareFailed(logger, fault);
        }
    }
}
