namespace KlaviyoExport.Klaviyo;

/// <summary>A bulk import on its way through Klaviyo.</summary>
/// <param name="Total">Profiles in the job.</param>
/// <param name="Completed">Profiles done with, so far.</param>
/// <param name="Failed">Of them those Klaviyo did not take; the import errors say which and why.</param>
/// <param name="ExpiresAt">When Klaviyo forgets the job and its errors.</param>
public sealed record ImportJob(string Id, ImportJobStatus Status, int Total, int Completed, int Failed, DateTimeOffset? ExpiresAt)
{
    /// <summary>Nothing will change any more.</summary>
    public bool IsOver => Status is ImportJobStatus.Complete or ImportJobStatus.Cancelled;
}

/// <summary>Cancelled is an end too: a job that got there is never completed.</summary>
public enum ImportJobStatus
{
    /// <summary>A word this revision does not know; ask again later.</summary>
    Unknown,
    Queued,
    Processing,
    Complete,
    Cancelled,
}
