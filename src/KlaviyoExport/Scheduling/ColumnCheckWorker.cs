using KlaviyoExport.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

/// <summary>
/// Looks once a minute whether the columns of a source are due to be checked, on one server at a time. Its services are resolved late,
/// because the configuration is validated after this service is created.
/// </summary>
internal sealed class ColumnCheckWorker(
    IServiceProvider services,
    Node node,
    Leases leases,
    TimeProvider clock,
    ILogger<ColumnCheckWorker> logger
) : BackgroundService
{
    private const string Lease = "column-checks";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(BetweenLooks, clock, stoppingToken);
                await TryLookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next server, or the next start, looks again.
        }
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (node.IsDraining || !await leases.TryTakeAsync(Lease, cancellationToken))
                return;
            try
            {
                await leases.HoldAsync(Lease, held => services.GetRequiredService<ColumnChecks>().LookAsync(held), cancellationToken);
            }
            finally
            {
                await leases.ReleaseAsync(Lease, CancellationToken.None);
            }
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            Log.ColumnsNotChecked(logger, fault);
        }
    }
}
