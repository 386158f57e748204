using KlaviyoExport.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Retention;

/// <summary>
/// Deletes data that has reached the end of its retention period, at start and every hour. Resolves <see cref="Purge"/> only when it
/// runs, because the configuration is validated after this service is created.
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
            catch (Exception fault) when (StoreFaults.IsTransient(fault))
            {
                // An exception here would stop the application. A busy store must not do that; the next hour tries again.
                Log.NotPurged(logger, fault);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
