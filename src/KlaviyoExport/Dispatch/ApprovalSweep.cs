using KlaviyoExport.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Dispatch;

/// <summary>
/// Ends runs that have waited too long for approval, when the application starts and then every hour. Resolves its services only when it
/// runs, because the configuration is validated after this service is created.
/// </summary>
internal sealed class ApprovalSweep(IServiceProvider services, TimeProvider clock, ILogger<ApprovalSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await services.GetRequiredService<RunApprovals>().LapseAsync(stoppingToken);
            }
            catch (Exception fault) when (StoreFaults.IsTransient(fault))
            {
                // A temporary fault of the store must not stop the application.
                Log.ApprovalsNotSwept(logger, fault);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
