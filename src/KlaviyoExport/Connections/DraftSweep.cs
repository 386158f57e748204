using KlaviyoExport.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Connections;

/// <summary>
/// Deletes old drafts at start and every hour. Its services are resolved late, because the configuration is validated after this service
/// is created.
/// </summary>
internal sealed class DraftSweep(IServiceProvider services, TimeProvider clock, ILogger<DraftSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do await SweepAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await services.GetRequiredService<ConnectionDrafts>().SweepAsync(cancellationToken);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            // Try again in an hour. A busy store must not stop the application.
            Log.NotSwept(logger, fault);
        }
    }
}
