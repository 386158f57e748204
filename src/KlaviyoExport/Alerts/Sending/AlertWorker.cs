using KlaviyoExport.Alerts.Watching;
using KlaviyoExport.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Alerts.Sending;

/// <summary>
/// Looks for changes and sends messages: at start, at the end of a run, when a message is due, and at least once a minute, on one server
/// at a time. Its services are resolved late, because the configuration is validated after this service is created.
/// </summary>
internal sealed class AlertWorker(
    IServiceProvider services,
    AlertSignal signal,
    Node node,
    Leases leases,
    TimeProvider clock,
    ILogger<AlertWorker> logger
) : BackgroundService
{
    private const string Lease = "alerts";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            DateTimeOffset? next = null;
            try
            {
                if (!node.IsDraining && await leases.TryTakeAsync(Lease, stoppingToken))
                    next = await WorkUnderLeaseAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // The store may be unavailable, or another server may have raised the alerts.
                Log.Interrupted(logger, fault);
            }
            await signal.WaitAsync(PauseUntil(next), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<DateTimeOffset?> WorkUnderLeaseAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? next = null;
        try
        {
            await leases.HoldAsync(Lease, async held => next = await WorkAsync(held), cancellationToken);
        }
        finally
        {
            await leases.ReleaseAsync(Lease, CancellationToken.None);
        }
        return next;
    }

    private async Task<DateTimeOffset?> WorkAsync(CancellationToken cancellationToken)
    {
        await services.GetRequiredService<AlertWatch>().LookAsync(cancellationToken);
        return await services.GetRequiredService<OutboxSender>().SendDueAsync(cancellationToken);
    }

    private TimeSpan PauseUntil(DateTimeOffset? next)
    {
        var pause = next - clock.GetUtcNow() ?? BetweenLooks;
        return pause < TimeSpan.Zero ? TimeSpan.Zero
            : pause > BetweenLooks ? BetweenLooks
            : pause;
    }
}
