using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using KlaviyoExport.People.Auditing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Forwarding;

/// <summary>
/// Forwards the audit to one target, on one server at a time. After a fault it waits, from 4 seconds up to 5 minutes. Nothing else waits
/// for it. Its services are resolved late, because the configuration is validated after this service is created.
/// </summary>
internal sealed class AuditForwarder<TTarget>(IServiceProvider services, TimeProvider clock, ILogger<AuditForwarder<TTarget>> logger)
    : BackgroundService
    where TTarget : class, IAuditTarget
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var target = services.GetRequiredService<TTarget>();
        if (!target.IsConfigured)
            return;
        var pause = Pace;
        while (true)
        {
            pause = await TryAsync(target, stoppingToken) ? Pace : Min(pause * 2, LongestPause);
            await Task.Delay(pause, clock, stoppingToken);
        }
    }

    private async Task<bool> TryAsync(TTarget target, CancellationToken cancellationToken)
    {
        try
        {
            var leases = services.GetRequiredService<Leases>();
            var forwarding = services.GetRequiredService<AuditForwarding>();
            while (
                await leases.TryTakeAsync($"audit-{target.Name}", cancellationToken)
                && await forwarding.ForwardAsync(target, cancellationToken)
            ) { }
            return true;
        }
        catch (Exception fault) when (fault is ForwardingException or AuditBrokenException || StoreFaults.IsTransient(fault))
        {
            Log.NotForwarded(logger, target.Name, fault.Message);
            return false;
        }
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
