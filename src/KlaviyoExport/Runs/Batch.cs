using System.Linq.Expressions;

namespace KlaviyoExport.Runs;

/// <summary>How far a batch has been delivered.</summary>
public enum BatchState
{
    /// <summary>Stored, and not sent yet.</summary>
    Prepared,

    /// <summary>
    /// Being sent, or the response was lost: Klaviyo may have it. It is sent again, which has no effect on profiles that arrived.
    /// </summary>
    Sending,

    /// <summary>Klaviyo responded with status 202 and an import job.</summary>
    Sent,

    /// <summary>The job has ended, and all its errors were read.</summary>
    Confirmed,
}

/// <summary>
/// Up to 10,000 profiles of a run. Until the run ends, the exact request body and the members in it are stored, compressed and encrypted.
/// </summary>
public sealed class Batch
{
    public long Id { get; set; }

    public int RunId { get; set; }

    /// <summary>The number of the batch within the run, starting at 1.</summary>
    public int Number { get; set; }

    public BatchState State { get; set; }

    /// <summary>The number of profiles that were prepared for the batch, without those that were moved to a later one.</summary>
    public int Prepared { get; set; }

    /// <summary>
    /// The number of profiles that the job refused because of a value, and that a later batch sends without it. Only that batch counts them.
    /// </summary>
    public int Resent { get; set; }

    /// <summary>How often the profiles of the batch were sent before with values that Klaviyo refused. 0 for an ordinary batch.</summary>
    public int Round { get; set; }

    public int Accepted { get; set; }

    /// <summary>The number of refused profiles, including those set aside.</summary>
    public int Refused { get; set; }

    /// <summary>The number of profiles that Klaviyo refused before it created a job. They are not in the job.</summary>
    public int SetAside { get; set; }

    public int Unconfirmed { get; set; }

    /// <summary>The ID of the Klaviyo import job. The latest one when the batch was sent several times.</summary>
    public string? JobId { get; set; }

    /// <summary>The number of completed profiles according to Klaviyo's job. Null until the job has ended.</summary>
    public int? JobCompleted { get; set; }

    /// <summary>The number of failed profiles according to Klaviyo's job. Null until the job has ended.</summary>
    public int? JobFailed { get; set; }

    /// <summary>The number of jobs of this batch that ended without a result: canceled, lost or stuck.</summary>
    public int LostJobs { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>
    /// When Klaviyo created the first job of the batch, by Klaviyo's clock. When the batch was first sent, as long as that is not known. Null
    /// until the batch is sent, and for batches that older versions of the product have sent.
    /// </summary>
    public DateTimeOffset? WindowFrom { get; set; }

    /// <summary>When the last job of the batch was complete, by Klaviyo's clock. Null as long as that is not known.</summary>
    public DateTimeOffset? WindowUntil { get; set; }

    /// <summary>
    /// Whether the batch was sent at least once and Klaviyo has not reported a result, as a query. Klaviyo may add its profiles to the list.
    /// </summary>
    internal static Expression<Func<Batch, bool>> MayHaveArrived { get; } =
        batch =>
            batch.State == BatchState.Sending
            || batch.State == BatchState.Sent
            || (batch.State == BatchState.Prepared && batch.LostJobs > 0);

    /// <summary>The time in which Klaviyo may have added the profiles of the batch, which was sent, to the list.</summary>
    internal DeliveryWindow Window =>
        (WindowFrom ?? SentAt) is { } from
            ? new(from, WindowUntil ?? from + DeliveryWindow.Longest)
            : throw new InvalidOperationException($"Batch {Number} of run {RunId} was not sent.");

    public BatchPayload? Payload { get; set; }

    /// <summary>
    /// Whether the counts of Klaviyo's job differ from the ledger. False when Klaviyo reported no counts, and when some profiles are
    /// unconfirmed, because then the counts of the last job do not cover them. Klaviyo's documentation does not say whether failed
    /// profiles are included in the completed ones, so both are accepted.
    /// </summary>
    public bool Differs =>
        State == BatchState.Confirmed
        && Unconfirmed == 0
        && JobCompleted is { } completed
        && JobFailed is { } failed
        && (failed != Refused - SetAside + Resent || (completed != Accepted && completed - failed != Accepted));
}

/// <summary>
/// The content of a batch. It is in a separate table, so that queries for batches do not load it. Deleted when the run ends.
/// </summary>
public sealed class BatchPayload
{
    public long BatchId { get; set; }

    public required byte[] Content { get; set; }
}
