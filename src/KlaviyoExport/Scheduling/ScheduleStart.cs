using KlaviyoExport.Cluster;
using Microsoft.Extensions.Hosting;

namespace KlaviyoExport.Scheduling;

/// <summary>Handles missed times at start, and then sets the alarm. When another server is running, no times were missed.</summary>
internal sealed class ScheduleStart(Leases leases, ExportTimer exports, RefreshTimer refresh, Alarm alarm, TimeProvider clock)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await leases.IsAnotherServerAliveAsync(cancellationToken))
        {
            await exports.CatchUpAsync(cancellationToken);
            await refresh.CatchUpAsync(cancellationToken);
        }
        await alarm.SetAsync(clock.GetUtcNow(), cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
