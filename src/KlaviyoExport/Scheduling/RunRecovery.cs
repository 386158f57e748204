using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

/// <summary>At start: hands every run that has not ended to Quartz again, in the order they were asked for. Quartz's memory is gone, the store's is not.</summary>
internal sealed class RunRecovery(IDbContextFactory<AppDb> stores, RunScheduler scheduler, ILogger<RunRecovery> logger) : IHostedService
{
    // One that waits for approval is handed over when it has that.
    private static readonly RunState[] Open = [.. Enum.GetValues<RunState>().Where(state => !state.IsFinal() && state != RunState.NeedsApproval)];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var runs = await db.Runs.AsNoTracking().Where(run => Open.Contains(run.State)).OrderBy(run => run.Id).ToListAsync(cancellationToken);
        foreach (var run in runs)
            await scheduler.ScheduleAsync(run.Id, run.AccountId, run.RetryAt, cancellationToken);
        if (runs.Count > 0)
            Log.Recovered(logger, runs.Count);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
