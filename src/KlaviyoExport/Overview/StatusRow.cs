using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;

namespace KlaviyoExport.Overview;

/// <summary>The status of one source, segment or export. A source is loaded, a segment is counted and an export is run.</summary>
public sealed record StatusRow
{
    public required RefreshTaskKind Kind { get; init; }

    /// <summary>The id of the source, segment or export.</summary>
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required StatusText Status { get; init; }

    /// <summary>When the last execution ended. While it is in progress: when it started or was queued. Null when there was none.</summary>
    public DateTimeOffset? LastRunAt { get; init; }

    /// <summary>The duration of the last execution. Null while it is in progress, or when it was not measured.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>
    /// The next time, from its own schedule or from the system refresh. Null when nothing is planned. A time in the past waits for the run
    /// in progress.
    /// </summary>
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>Whether it is done by the system refresh.</summary>
    public bool FollowsRefresh { get; init; }

    /// <summary>The last scheduled time that passed while the product was down. Null when there is none.</summary>
    public DateTimeOffset? MissedAt { get; init; }

    /// <summary>The number of units the current stage has processed. Null when no run is in progress.</summary>
    public long? Done { get; init; }

    public long? Total { get; init; }

    /// <summary>The rows loaded, members counted or profiles accepted by the last execution that ended.</summary>
    public long? Count { get; init; }

    /// <summary>When the data of a source last changed. Null when it is not known, and for segments and exports.</summary>
    public DateTimeOffset? DataChangedAt { get; init; }

    /// <summary>A description: how it ended, why it was skipped, or what it waits for.</summary>
    public LocalizedMessage? Detail { get; init; }

    /// <summary>
    /// What changed columns of the source mean for it, and whether the next run will stop. Null when nothing that it uses has changed.
    /// </summary>
    public LocalizedMessage? Warning { get; init; }

    /// <summary>The run that this row describes. Null when there is none.</summary>
    public int? RunId { get; init; }

    /// <summary>Whether an execution is in progress that the reader may cancel.</summary>
    public bool MayCancel { get; init; }

    /// <summary>Whether the reader may start it manually: run the export, load the source or count the segment.</summary>
    public bool MayRun { get; init; }
}

/// <summary>One execution in the history of a source, segment or export.</summary>
/// <param name="At">When it started, or else when it was queued.</param>
/// <param name="Duration">Null while it is in progress.</param>
/// <param name="Count">The rows loaded, members counted or profiles accepted.</param>
/// <param name="Trigger">What started the run. Null for sources and segments.</param>
public sealed record StatusPoint(
    DateTimeOffset At,
    StatusText Status,
    TimeSpan? Duration,
    long? Count,
    LocalizedMessage? Detail,
    int? RunId,
    RunTrigger? Trigger
);
