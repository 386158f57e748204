using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Quartz;

namespace KlaviyoExport.Dispatch;

/// <summary>
/// Executes runs. There is one durable Quartz job for each Klaviyo account, and each run is a trigger of that job. Only one execution of
/// a job runs at a time, also in a cluster, because Klaviyo's limits apply to the account.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class DeliveryJob(
    RunExecution execution,
    RunScheduler scheduler,
    IEnumerable<FollowRunEnd> followers,
    Node node,
    IDbContextFactory<AppDb> stores,
    TimeProvider clock,
    ILogger<DeliveryJob> logger
) : IJob
{
    public const string RunId = "runId";

    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Punctuality = TimeSpan.FromSeconds(1);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var runId = context.MergedJobDataMap.GetInt(RunId);
        using var working = node.Work();
        if (await TryAsync(runId, cancellationToken) is { } again)
            await scheduler.ScheduleAsync(runId, context.JobDetail.Key.Name, again, cancellationToken);
        else
            await TellEndAsync(runId, cancellationToken);
    }

    private async Task<DateTimeOffset?> TryAsync(int runId, CancellationToken cancellationToken)
    {
        try
        {
            if (await WaitsUntilAsync(runId, cancellationToken) is { } later)
                return later;
            await ForgetMissedAsync(runId, cancellationToken);
            return await execution.RunAsync(runId, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // The failure could not be stored: the store is full, locked or unavailable. The run has not ended, so schedule it again.
            Log.NotStored(logger, fault, runId);
            return clock.GetUtcNow() + AfterFault;
        }
    }

    /// <summary>
    /// Returns when the next retry of the run is due, or null when the run may be executed now. A run may have a second trigger, for
    /// example after another server failed. Such a trigger must not start the retry too early.
    /// </summary>
    private async Task<DateTimeOffset?> WaitsUntilAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var soon = clock.GetUtcNow() + Punctuality;
        return await db.Set<Run>()
            .Where(run => run.Id == runId && run.State == RunState.FailedRetrying && run.RetryAt > soon && run.CancelRequestedAt == null)
            .Select(run => run.RetryAt)
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Clears the missed time of the export, because a run that was queued later makes up for it.</summary>
    private async Task ForgetMissedAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<Export>()
            .Where(export =>
                export.MissedAt != null
                && db.Set<Run>().Any(run => run.Id == runId && run.ActiveExportId == export.Id && run.QueuedAt >= export.MissedAt)
            )
            .ExecuteUpdateAsync(set => set.SetProperty(export => export.MissedAt, (DateTimeOffset?)null), cancellationToken);
    }

    private async Task TellEndAsync(int runId, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var follow in followers)
                await follow(runId, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            Log.EndNotFollowed(logger, fault, runId);
        }
    }
}
