using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery;

/// <summary>
/// A job of Klaviyo whose result is not stored yet. Records when it last made progress, by this process's clock, to distinguish a slow job
/// from a stuck one.
/// </summary>
internal sealed class JobWatch(Batch batch, TimeProvider clock)
{
    private ImportJob? _last;
    private long _movedAt = clock.GetTimestamp();

    public Batch Batch { get; } = batch;

    public string JobId { get; } = batch.JobId!;

    /// <summary>Whether Klaviyo has reported the end of the job.</summary>
    public bool IsEnded { get; set; }

    /// <summary>What Klaviyo said last. Null before it was asked.</summary>
    public ImportJobStatus? Status => _last?.Status;

    /// <summary>The profiles that Klaviyo has processed.</summary>
    public int Completed => _last?.Completed ?? 0;

    public TimeSpan StandsStillFor => clock.GetElapsedTime(_movedAt);

    /// <summary>Records what Klaviyo says about the job.</summary>
    public void Observe(ImportJob job)
    {
        if (_last is { } last && (last.Status, last.Completed, last.Failed) == (job.Status, job.Completed, job.Failed))
            return;
        (_last, _movedAt) = (job, clock.GetTimestamp());
    }
}
