using KlaviyoExport.Exports;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>All a run's page shows.</summary>
public sealed record RunView(
    RunFacts Run,
    string ExportName,
    string ListName,
    IReadOnlyList<BatchFacts> Batches,
    IReadOnlyList<ReasonCount> Rejections,
    IReadOnlyList<TimelineLine> Timeline,
    ExportPermissions Permissions
)
{
    /// <summary>
    /// Of the current stage, never less than Klaviyo's limits take for the calls still to be made; null while it cannot be told.
    /// </summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>Profiles a second in the current stage; null while it cannot be told.</summary>
    public double? Rate { get; init; }

    /// <summary>What a run that is not at work waits for; null when it is at work or over.</summary>
    public RunWait? WaitsFor { get; init; }

    /// <summary>What there is to decide about; null for a run that does not wait for approval.</summary>
    public ApprovalView? Approval { get; init; }

    /// <summary>The last run that sent its rejected profiles again; null when none did.</summary>
    public int? RetriedByRunId { get; init; }

    /// <summary>Whether the run whose rejected profiles it sends again has been deleted, its time being over.</summary>
    public bool RetriesRunGone { get; init; }

    /// <summary>Whether there are rejections that can be sent again and the reader may do so.</summary>
    public bool MayRetryRejected { get; init; }
}

/// <summary>A run that waits for approval, in numbers.</summary>
/// <param name="LastRunId">The run it is compared with; null when that is gone.</param>
/// <param name="LastDelivered">How many that one sent or found unchanged.</param>
/// <param name="Leaving">How many it would take off the list; null unless it is of a mirror export.</param>
/// <param name="Owner">Who may decide besides administrators.</param>
/// <param name="LapsesAt">When it is canceled by itself.</param>
/// <param name="MayDecide">Whether the reader may.</param>
public sealed record ApprovalView(
    int? LastRunId,
    long LastDelivered,
    long Deliverable,
    long? Leaving,
    string Owner,
    DateTimeOffset LapsesAt,
    bool MayDecide
);

public sealed record ReasonCount(RejectionReason Reason, int Count);

/// <summary>Which runs are wanted; the newest come first.</summary>
public sealed record RunQuery
{
    public const int LargestPage = 200;

    /// <summary>Null: of all exports.</summary>
    public int? ExportId { get; init; }

    /// <summary>Null: all.</summary>
    public RunState? State { get; init; }

    /// <summary>Part of the export's name, upper and lower case the same; or the number of a run.</summary>
    public string? Search { get; init; }

    /// <summary>From 1. One beyond the last is empty.</summary>
    public int Page { get; init; } = 1;

    /// <summary>At most <see cref="LargestPage"/>.</summary>
    public int PageSize { get; init; } = 25;
}

public sealed record RunRow(RunFacts Run, string ExportName, ExportPermissions Permissions);

/// <param name="Total">Of all pages.</param>
public sealed record RunPage(IReadOnlyList<RunRow> Rows, int Total);

/// <summary>An ended run in the history of its export.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Duration">Null when it ended before it began.</param>
public sealed record RunPoint(int RunId, DateTimeOffset At, RunState State, long Accepted, long Refused, TimeSpan? Duration);
