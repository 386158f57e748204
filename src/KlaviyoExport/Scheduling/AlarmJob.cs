using Microsoft.Extensions.Logging;
using Quartz;

namespace KlaviyoExport.Scheduling;

/// <summary>Starts all that is due by the tables, and sets the alarm for what comes next.</summary>
[DisallowConcurrentExecution]
internal sealed class AlarmJob(ExportTimer exports, RefreshTimer refresh, Alarm alarm, TimeProvider clock, ILogger<AlarmJob> logger) : IJob
{
    // However it was missed that something is due (another process changed it, the store was busy), it is found then.
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
