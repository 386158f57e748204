namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>The state of an import job.</summary>
public enum JobStatus
{
    Queued,
    Processing,
    Complete,
    Cancelled,
}
