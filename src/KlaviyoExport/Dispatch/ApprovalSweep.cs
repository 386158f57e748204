using KlaviyoExport.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Dispatch;

/// <summary>
/// Ends runs that waited too long for approval, at start and every hour. What it needs is asked for late: the configuration is checked
/// after this is made.
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
            catch (Exception fault) when (StoreFaults.MayPass(fault))
            {
                // A store that is busy must not end the application.
                Log.ApprovalsNotSwept(logger, fault);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
