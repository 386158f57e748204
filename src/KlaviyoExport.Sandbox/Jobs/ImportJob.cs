namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>An import on its way: queued, processing, then complete or cancelled.</summary>
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

    /// <summary>From then on Klaviyo knows the job no more.</summary>
    public DateTimeOffset Expires => expires;

    public IReadOnlyList<string> Lists => lists;

    public int Total => total;

    /// <summary>What is still to be done; null once the job is over.</summary>
    public ImportRequest? Request { get; private set; } = request;

    public JobStatus Status { get; set; } = JobStatus.Queued;

    public DateTimeOffset? Started { get; set; }

    public DateTimeOffset? Completed { get; set; }

    /// <summary>The first profile not yet looked at.</summary>
    public int Next { get; set; }

    /// <summary>Rows of the profiles written, in the order they stood in the request.</summary>
    public List<int> Rows { get; } = [];

    public List<ImportError> Errors { get; } = [];

    /// <summary>How many of <see cref="Rows"/> the journal holds already.</summary>
    public int JournaledRows { get; set; }

    /// <summary>How many of <see cref="Errors"/> the journal holds already.</summary>
    public int JournaledErrors { get; set; }

    public JobFate Fate { get; set; } = JobFate.Natural;

    /// <summary>The errors a client is shown: all of them, unless a fault hides some.</summary>
    public IReadOnlyList<ImportError> ListedErrors => Fate.HideErrors == 0 ? Errors : [.. Errors.Skip(Fate.HideErrors)];

    public bool IsOver => Status is JobStatus.Complete or JobStatus.Cancelled;

    public void End(JobStatus status, DateTimeOffset at)
    {
        Status = status;
        Completed = at;
        Request = null;
    }
}
