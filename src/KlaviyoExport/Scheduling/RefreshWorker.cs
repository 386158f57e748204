using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

/// <summary>
/// Carries out refreshes, one at a time and on one server. Continues a refresh that was interrupted because its server was stopped or
/// killed.
/// </summary>
internal sealed class RefreshWorker(
    IDbContextFactory<AppDb> stores,
    RefreshExecution execution,
    RefreshSignal signal,
    Node node,
    Leases leases,
    TimeProvider clock,
    ILogger<RefreshWorker> logger
) : BackgroundService
{
    private const string Lease = "refresh";

    // With several servers, poll: another server may have started a refresh, or may have been killed during one.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                while (
                    !node.IsDraining && await OpenAsync(stoppingToken) is { } refreshId && await leases.TryTakeAsync(Lease, stoppingToken)
                )
                    await RunAsync(refreshId, stoppingToken);
                await signal.WaitAsync(node.HasOthers ? BetweenLooks : Timeout.InfiniteTimeSpan, stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // The store may be full, locked or unavailable. The refresh remains open, and the next attempt continues it.
                Log.RefreshInterrupted(logger, fault);
                await Task.Delay(AfterFault, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task RunAsync(int refreshId, CancellationToken cancellationToken)
    {
        try
        {
            await leases.HoldAsync(Lease, held => execution.RunAsync(refreshId, held), cancellationToken);
        }
        finally
        {
            await leases.ReleaseAsync(Lease, CancellationToken.None);
        }
    }

    private async Task<int?> OpenAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Refresh>()
            .Where(refresh => refresh.FinishedAt == null)
            .OrderBy(refresh => refresh.Id)
            .Select(refresh => (int?)refresh.Id)
            .FirstOrDefaultAsync(cancellationToken);
    }
}
