using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Delivery;

/// <summary>Records when a job last made progress, by this process's clock, to distinguish a slow job from a stuck one.</summary>
internal sealed class JobWatch
{
    private ImportJobStatus _status;
    private long _movedAt;

    private int _failed;

    public int Completed { get; private set; }

    public TimeSpan StandsStillFor(TimeProvider clock) => clock.GetElapsedTime(_movedAt);

    public static JobWatch For(Dictionary<long, JobWatch> watches, long batchId, ImportJob job, TimeProvider clock)
    {
        if (!watches.TryGetValue(batchId, out var watch))
            watches.Add(
                batchId,
                watch = new JobWatch
                {
                    _movedAt = clock.GetTimestamp(),
                    _status = job.Status,
                    Completed = job.Completed,
                    _failed = job.Failed,
                }
            );
        if (watch._status != job.Status || watch.Completed != job.Completed || watch._failed != job.Failed)
            (watch._status, watch.Completed, watch._failed, watch._movedAt) = (job.Status, job.Completed, job.Failed, clock.GetTimestamp());
        return watch;
    }
}
