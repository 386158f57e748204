namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>An import job, for tests and pages.</summary>
public sealed record PracticeJob(
    string Id,
    JobStatus Status,
    int Total,
    int Completed,
    int Failed,
    IReadOnlyList<string> Lists,
    DateTimeOffset Created
)
{
    internal static PracticeJob Of(ImportJob job) =>
        new(job.Id, job.Status, job.Total, job.Rows.Count, job.Errors.Count, job.Lists, job.Created);
}
