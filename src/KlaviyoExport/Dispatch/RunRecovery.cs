using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Dispatch;

/// <summary>
/// At start: hands every run that has not ended to Quartz again, in the order they were asked for. Quartz's memory is gone, the store's is
/// not; where Quartz keeps its triggers in the store, only those that lost theirs.
/// </summary>
internal sealed class RunRecovery(IDbContextFactory<AppDb> stores, RunScheduler scheduler, ILogger<RunRecovery> logger) : IHostedService
{
    // A run that waits for approval is handed over once it is approved.
    private static readonly RunState[] Open = RunStates.In(RunPhase.Waiting, RunPhase.Working);

    public Task StartAsync(CancellationToken cancellationToken) => HandOverAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// A run that another machine hands over at this moment, or recovers, may get two triggers: it is run by one after the other, and the
    /// second finds nothing to do.
    /// </summary>
    public async Task HandOverAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var open = await db.Set<Run>()
            .AsNoTracking()
            .Where(run => Open.Contains(run.State))
            .OrderBy(run => run.Id)
            .ToListAsync(cancellationToken);
        if (open.Count == 0)
            return;
        var lost = await scheduler.WithoutTriggerAsync(open, cancellationToken);
        foreach (var run in lost)
            await scheduler.ScheduleAsync(run.Id, run.AccountId, run.RetryAt, cancellationToken);
        if (lost.Count > 0)
            Log.Recovered(logger, lost.Count);
    }
}
