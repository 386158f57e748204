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
/// One durable job per Klaviyo account, one execution of it at a time, in a cluster too: Klaviyo's limits are the account's. A run is a
/// trigger.
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
            // Not even the failure could be stored: the store is full, locked or gone. The run is open and must not be forgotten.
            Log.NotStored(logger, fault, runId);
            return clock.GetUtcNow() + AfterFault;
        }
    }

    /// <summary>A second trigger of a run, as a machine that was given up may leave behind, does not bring its next try forward.</summary>
    private async Task<DateTimeOffset?> WaitsUntilAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var soon = clock.GetUtcNow() + Punctuality;
        return await db.Set<Run>()
            .Where(run => run.Id == runId && run.State == RunState.FailedRetrying && run.RetryAt > soon && run.CancelRequestedAt == null)
            .Select(run => run.RetryAt)
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>A run makes up for the times its export missed before it was asked for.</summary>
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
