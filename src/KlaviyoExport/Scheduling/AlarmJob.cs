using Microsoft.Extensions.Logging;
using Quartz;

namespace KlaviyoExport.Scheduling;

/// <summary>Starts the exports and the refresh that are due, and sets the alarm for the next due time.</summary>
[DisallowConcurrentExecution]
internal sealed class AlarmJob(ExportTimer exports, RefreshTimer refresh, Alarm alarm, TimeProvider clock, ILogger<AlarmJob> logger) : IJob
{
    // The maximum time between two executions. It finds due times for which no alarm was set, because another process changed a schedule or
    // the store was busy.
    internal static readonly TimeSpan AtLatest = TimeSpan.FromMinutes(1);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var next = clock.GetUtcNow() + AtLatest;
        try
        {
            DateTimeOffset?[] due = [await exports.LookAsync(cancellationToken), await refresh.LookAsync(cancellationToken)];
            next = due.Min() is { } at && at < next ? at : next;
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            Log.LookFailed(logger, fault);
        }
        await alarm.SetAsync(next, cancellationToken);
    }
}
