using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Delivery;

/// <summary>
/// At start and every hour: ends runs that waited too long for approval, and deletes what is old. What it needs is asked for late: the configuration is
/// checked after this is made.
/// </summary>
internal sealed class DeliverySweep(IServiceProvider services, TimeProvider clock, ILogger<DeliverySweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            await TryAsync(services.GetRequiredService<RunApprovals>().LapseAsync, stoppingToken);
            await TryAsync(services.GetRequiredService<Retention>().PurgeAsync, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TryAsync(Func<CancellationToken, Task> sweep, CancellationToken cancel)
    {
        try
        {
            await sweep(cancel);
        }
        catch (Exception fault) when (fault is System.Data.Common.DbException or Microsoft.EntityFrameworkCore.DbUpdateException)
        {
            // The next hour will do; a store that is busy must not end the application.
            Log.NotSwept(logger, fault);
        }
    }
}
