using System.Text.Json.Serialization;

namespace KlaviyoExport.Runs;

/// <summary>What a run that is being executed waits for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunWaitKind>))]
public enum RunWaitKind
{
    /// <summary>A rate limit of Klaviyo, or the end of a pause that Klaviyo asked for.</summary>
    Limit,

    /// <summary>The next row of the source.</summary>
    Source,

    /// <summary>The store, which writes results.</summary>
    Store,

    /// <summary>Klaviyo's import jobs.</summary>
    Jobs,
}

/// <summary>What a run that is being executed waits for. Stored as JSON with the progress of the run.</summary>
/// <param name="Since">When the wait began. For <see cref="RunWaitKind.Jobs"/>: when the job that has not moved for longest last
/// moved.</param>
public sealed record RunWait(RunWaitKind Kind, DateTimeOffset Since)
{
    /// <summary>The endpoint whose rate limit is used up. Null for other kinds.</summary>
    public string? Endpoint { get; init; }

    /// <summary>When the limit is expected to allow the next call. Null when that is not known, and for other kinds.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether Klaviyo has answered 429 and asked for a pause.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Whether other programs use the limit of the account as well.</summary>
    public bool IsShared { get; init; }

    /// <summary>The number of jobs that have not ended.</summary>
    public int OpenJobs { get; init; }

    /// <summary>The number of open jobs that Klaviyo has not started.</summary>
    public int QueuedJobs { get; init; }

    /// <summary>The number of open jobs that Klaviyo is processing.</summary>
    public int ProcessingJobs { get; init; }
}
