using KlaviyoExport.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Retention;

/// <summary>
/// Deletes what is old, at start and every hour. What it needs is asked for late: the configuration is checked after this is made.
/// </summary>
internal sealed class RetentionSweep(IServiceProvider services, TimeProvider clock, ILogger<RetentionSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await services.GetRequiredService<Purge>().RunAsync(stoppingToken);
            }
            catch (Exception fault) when (StoreFaults.MayPass(fault))
            {
                // A store that is busy must not end the application.
                Log.NotPurged(logger, fault);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
