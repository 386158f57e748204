using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

/// <summary>Carries out refreshes, one at a time, from wherever they stand: also one that the product was stopped or killed in.</summary>
internal sealed class RefreshWorker(IDbContextFactory<AppDb> stores, RefreshExecution execution, RefreshSignal signal, TimeProvider clock, ILogger<RefreshWorker> logger) : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                while (await OpenAsync(stoppingToken) is { } refreshId)
                    await execution.RunAsync(refreshId, stoppingToken);
                await signal.WaitAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // The store is full, locked or gone: the refresh stays open.
                Log.RefreshInterrupted(logger, fault);
                await Task.Delay(AfterFault, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<int?> OpenAsync(CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.Refreshes.Where(refresh => refresh.FinishedAt == null).OrderBy(refresh => refresh.Id).Select(refresh => (int?)refresh.Id).FirstOrDefaultAsync(cancel);
    }
}
