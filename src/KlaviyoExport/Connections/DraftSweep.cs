using KlaviyoExport.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Connections;

/// <summary>
/// Sweeps old drafts at start and every hour. The drafts are asked for late: the configuration they need is checked after this is made.
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
            // The next hour will do; a store that is busy must not end the application.
            Log.NotSwept(logger, fault);
        }
    }
}
