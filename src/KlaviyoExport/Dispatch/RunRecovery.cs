using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Dispatch;

/// <summary>
/// Schedules the runs that have not ended when the application starts, in the order of their ids. Quartz has lost the triggers that it
/// kept in memory. When Quartz keeps its triggers in the store, only runs without a trigger are scheduled.
/// </summary>
internal sealed class RunRecovery(IDbContextFactory<AppDb> stores, RunScheduler scheduler, ILogger<RunRecovery> logger) : IHostedService
{
    // A run that waits for approval is handed over once it is approved.
    private static readonly RunState[] Open = RunStates.In(RunPhase.Waiting, RunPhase.Working);

    public Task StartAsync(CancellationToken cancellationToken) => HandOverAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Schedules the runs that have no trigger. A run may get two triggers when another server schedules it at the same time. The
    /// triggers execute one after the other, and the second one finds nothing to do.
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
