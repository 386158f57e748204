namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>An import job: queued, processing, then complete or canceled.</summary>
internal sealed class ImportJob(
    string id,
    DateTimeOffset created,
    DateTimeOffset expires,
    ImportRequest? request,
    IReadOnlyList<string> lists,
    int total
)
{
    public string Id => id;

    public DateTimeOffset Created => created;

    /// <summary>When the job expires. Afterwards it is unknown.</summary>
    public DateTimeOffset Expires => expires;

    public IReadOnlyList<string> Lists => lists;

    public int Total => total;

    /// <summary>The remaining work. Null when the job has ended.</summary>
    public ImportRequest? Request { get; private set; } = request;

    public JobStatus Status { get; set; } = JobStatus.Queued;

    public DateTimeOffset? Started { get; set; }

    public DateTimeOffset? Completed { get; set; }

    /// <summary>The first profile that has not been processed.</summary>
    public int Next { get; set; }

    /// <summary>The rows of the written profiles, in the order of the request.</summary>
    public List<int> Rows { get; } = [];

    public List<ImportError> Errors { get; } = [];

    /// <summary>The number of <see cref="Rows"/> that the journal has stored.</summary>
    public int JournaledRows { get; set; }

    /// <summary>The number of <see cref="Errors"/> that the journal has stored.</summary>
    public int JournaledErrors { get; set; }

    public JobOutcome Outcome { get; set; } = JobOutcome.Natural;

    /// <summary>The errors that a client sees: all of them, unless a fault hides some.</summary>
    public IReadOnlyList<ImportError> ListedErrors => Outcome.HideErrors == 0 ? Errors : [.. Errors.Skip(Outcome.HideErrors)];

    public bool IsOver => Status is JobStatus.Complete or JobStatus.Cancelled;

    public void End(JobStatus status, DateTimeOffset at)
    {
        Status = status;
        Completed = at;
        Request = null;
    }
}
