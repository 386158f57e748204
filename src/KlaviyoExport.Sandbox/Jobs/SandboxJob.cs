namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>An import job, for tests and pages.</summary>
public sealed record SandboxJob(
    string Id,
    JobStatus Status,
    int Total,
    int Completed,
    int Failed,
    IReadOnlyList<string> Lists,
    DateTimeOffset Created
)
{
    internal static SandboxJob Of(ImportJob job) =>
        new(job.Id, job.Status, job.Total, job.Rows.Count, job.Errors.Count, job.Lists, job.Created);
}
