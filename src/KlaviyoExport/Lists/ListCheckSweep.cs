using KlaviyoExport.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Lists;

/// <summary>
/// Requests the checks of lists that are due, when the application starts and then every ten minutes. Resolves its services only when it
/// runs, because the configuration is validated after this service is created.
/// </summary>
internal sealed class ListCheckSweep(IServiceProvider services, TimeProvider clock, ILogger<ListCheckSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await services.GetRequiredService<DueListChecks>().RequestAsync(stoppingToken);
            }
            catch (Exception fault) when (StoreFaults.IsTransient(fault))
            {
                // A temporary fault of the store must not stop the application.
                Log.ListChecksNotRequested(logger, fault);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
