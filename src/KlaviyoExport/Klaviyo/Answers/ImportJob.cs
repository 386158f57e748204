namespace KlaviyoExport.Klaviyo;

/// <summary>The progress of a bulk import job.</summary>
/// <param name="Total">The number of profiles in the job.</param>
/// <param name="Completed">The number of profiles that Klaviyo has processed so far, including the rejected ones.</param>
/// <param name="Failed">The number of processed profiles that Klaviyo rejected. The import errors describe them.</param>
/// <param name="ExpiresAt">When Klaviyo deletes the job and its errors. Null when Klaviyo does not say.</param>
/// <param name="CompletedAt">When the job was complete, in whole seconds. Null when it is not, or when Klaviyo does not say.</param>
public sealed record ImportJob(
    string Id,
    ImportJobStatus Status,
    int Total,
    int Completed,
    int Failed,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? CompletedAt
)
{
    /// <summary>Whether the status is final.</summary>
    public bool IsOver => Status is ImportJobStatus.Complete or ImportJobStatus.Cancelled;
}

/// <summary>The status of an import job. A complete or canceled job does not change any more.</summary>
public enum ImportJobStatus
{
    /// <summary>Klaviyo returned a status that this product does not know. Read the job again later.</summary>
    Unknown,
    Queued,
    Processing,
    Complete,
    Cancelled,
}
