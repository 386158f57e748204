using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;

namespace KlaviyoExport.Overview;

/// <summary>One task of the system: a source that is loaded, a segment that is counted, an export that runs.</summary>
public sealed record StatusRow
{
    public required RefreshTaskKind Kind { get; init; }

    /// <summary>Of the source, segment or export.</summary>
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required StatusWord Status { get; init; }

    /// <summary>When it last ended, or began if it is under way; null when it never did.</summary>
    public DateTimeOffset? LastRunAt { get; init; }

    /// <summary>How long the last took; null while it is not over, or where that was not measured.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>
    /// By its own schedule or with the system refresh; null when nothing is planned. In the past: it waits for the run under way.
    /// </summary>
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>It happens with the system refresh.</summary>
    public bool FollowsRefresh { get; init; }

    /// <summary>The time at which the product was down.</summary>
    public DateTimeOffset? MissedAt { get; init; }

    /// <summary>Units of the current stage done so far; null when it is not at work or that is not known.</summary>
    public long? Done { get; init; }

    public long? Total { get; init; }

    /// <summary>Rows loaded, members counted, profiles accepted, by the last that ended.</summary>
    public long? Count { get; init; }

    /// <summary>In words: how it ended, what it is skipped because of, what it waits for.</summary>
    public LocalizedMessage? Detail { get; init; }

    /// <summary>The run of an export this tells of; null when there was none.</summary>
    public int? RunId { get; init; }

    /// <summary>Whether canceling it would be allowed and have something to do.</summary>
    public bool MayCancel { get; init; }

    /// <summary>Whether the reader may start it by hand: run the export, load the source, count the segment.</summary>
    public bool MayRun { get; init; }
}

/// <summary>One of the last times something was done.</summary>
/// <param name="At">When it began, or was to begin.</param>
/// <param name="Duration">Null while it is not over.</param>
/// <param name="Count">Rows loaded, members counted, profiles accepted.</param>
/// <param name="Trigger">What started a run; null for sources and segments.</param>
public sealed record StatusPoint(
    DateTimeOffset At,
    StatusWord Status,
    TimeSpan? Duration,
    long? Count,
    LocalizedMessage? Detail,
    int? RunId,
    RunTrigger? Trigger
);
