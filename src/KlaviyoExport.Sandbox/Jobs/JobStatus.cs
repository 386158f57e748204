namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>Where an import job stands.</summary>
public enum JobStatus
{
    Queued,
    Processing,
    Complete,
    Cancelled,
}
