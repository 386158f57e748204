namespace KlaviyoExport.Runs;

public enum BatchState
{
    /// <summary>In the store, not handed over.</summary>
    Prepared,

    /// <summary>On its way, or the answer was lost: Klaviyo may have it. It is sent again, which is harmless.</summary>
    Sending,

    /// <summary>Klaviyo answered 202 with a job.</summary>
    Sent,

    /// <summary>The job ended and all its errors were read.</summary>
    Confirmed,
}

/// <summary>
/// Up to 10,000 profiles of a run: the exact request body and who is in it, compressed and encrypted until the run closes.
/// </summary>
public sealed class Batch
{
    public long Id { get; set; }

    public int RunId { get; set; }

    /// <summary>1-based within the run.</summary>
    public int Number { get; set; }

    public BatchState State { get; set; }

    /// <summary>Profiles prepared for it.</summary>
    public int Prepared { get; set; }

    public int Accepted { get; set; }

    /// <summary>With those set aside.</summary>
    public int Refused { get; set; }

    /// <summary>Profiles that Klaviyo named before it made a job: refused, and in no job.</summary>
    public int SetAside { get; set; }

    public int Unconfirmed { get; set; }

    /// <summary>The Klaviyo import job that holds it; the latest when it had to be sent again.</summary>
    public string? JobId { get; set; }

    /// <summary>Profiles of the job that Klaviyo itself counted as taken; null until the job has ended.</summary>
    public int? JobCompleted { get; set; }

    /// <summary>Profiles of the job that Klaviyo itself counted as failed; null until the job has ended.</summary>
    public int? JobFailed { get; set; }

    /// <summary>How often a job of it ended without a result (cancelled, lost, stuck).</summary>
    public int LostJobs { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    public DateTimeOffset? ConfirmedAt { get; set; }

    public BatchPayload? Payload { get; set; }

    /// <summary>
    /// Whether Klaviyo's own counts of its job disagree with the ledger. Never where it did not count, and not where nobody answered for a
    /// profile: there the counts of the last job mean nothing. Whether those that failed are among the completed its documentation leaves
    /// open, so either is agreement.
    /// </summary>
    public bool Differs =>
        State == BatchState.Confirmed
        && Unconfirmed == 0
        && JobCompleted is { } completed
        && JobFailed is { } failed
        && (failed != Refused - SetAside || (completed != Accepted && completed - failed != Accepted));
}

/// <summary>In a table of its own, so that lists of batches never drag the payload along. Deleted when the run closes.</summary>
public sealed class BatchPayload
{
    public long BatchId { get; set; }

    public required byte[] Content { get; set; }
}
