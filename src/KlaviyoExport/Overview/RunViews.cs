using KlaviyoExport.Exports;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>The data of the run page.</summary>
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
    /// <summary>How far each step is. Empty when the run is not being executed.</summary>
    public IReadOnlyList<RunStep> Steps { get; init; } = [];

    /// <summary>How many profiles were sent and confirmed over the time of the run. See <see cref="RunPace"/>.</summary>
    public RunPace? Pace { get; init; }

    /// <summary>The estimated time until the run ends. Null while it cannot be told.</summary>
    public TimeLeft? TimeLeft { get; init; }

    /// <summary>The reason why the run is waiting. Null when it is working or has ended.</summary>
    public WaitReason? WaitsFor { get; init; }

    /// <summary>The data for the approval decision. Null unless the run waits for approval.</summary>
    public ApprovalView? Approval { get; init; }

    /// <summary>The latest run that re-sent this run's rejected profiles. Null when there is none.</summary>
    public int? RetriedByRunId { get; init; }

    /// <summary>True when this run re-sends rejected profiles of another run and retention has deleted that run.</summary>
    public bool RetriesRunGone { get; init; }

    /// <summary>True when the reader may undo the run, which has changed the list and is the last one to do so.</summary>
    public bool MayUndo { get; init; }

    /// <summary>Why the run cannot be undone. Null when it can, and for a reader who may not run the export.</summary>
    public LocalizedMessage? UndoRefusal { get; init; }

    /// <summary>The run that undoes this run, or has undone it. Null when there is none.</summary>
    public int? UndoneByRunId { get; init; }

    /// <summary>What was done with values instead of sending them as they are in the source, the most frequent first.</summary>
    public IReadOnlyList<FieldOutcomeFacts> Fields { get; init; } = [];

    /// <summary>True when the run has rejections that can be re-sent and the reader may re-send them.</summary>
    public bool MayRetryRejected { get; init; }
}

/// <summary>The numbers of a run that waits for approval.</summary>
/// <param name="LastRunId">The run it is compared with. Null when that run no longer exists.</param>
/// <param name="LastDelivered">The number of profiles that run sent or left out as unchanged.</param>
/// <param name="Leaving">The number of profiles the run would take off the list. Null unless the export is in mirror mode.</param>
/// <param name="Owner">The name of the export's owner, who may decide in addition to administrators.</param>
/// <param name="LapsesAt">When the run is canceled automatically.</param>
/// <param name="MayDecide">Whether the reader may approve or reject the run.</param>
public sealed record ApprovalView(
    int? LastRunId,
    long LastDelivered,
    long Deliverable,
    long? Leaving,
    string Owner,
    DateTimeOffset LapsesAt,
    bool MayDecide
);

/// <summary>How many values of an attribute had an effect in a run.</summary>
/// <param name="Attribute">The path of the Klaviyo attribute or property.</param>
/// <param name="Examples">A few of the profiles.</param>
public sealed record FieldOutcomeFacts(string Attribute, FieldEffect Effect, long Count, IReadOnlyList<FieldExample> Examples);

/// <summary>The number of rejections with one reason.</summary>
public sealed record ReasonCount(RejectionReason Reason, int Count);

/// <summary>The filter, the search and the page of a request to the run list. The newest runs come first.</summary>
public sealed record RunQuery
{
    /// <summary>The largest allowed <see cref="PageSize"/>.</summary>
    public const int LargestPage = 200;

    /// <summary>The export to filter by. Null for all exports.</summary>
    public int? ExportId { get; init; }

    /// <summary>The state to filter by. Null for all states.</summary>
    public RunState? State { get; init; }

    /// <summary>Only runs with a smaller id, for reading all runs page by page while new ones are added.</summary>
    public int? BeforeId { get; init; }

    /// <summary>Matches a part of the export's name, case-insensitive, or the id of a run.</summary>
    public string? Search { get; init; }

    /// <summary>The page number, starting at 1. A page after the last one is empty.</summary>
    public int Page { get; init; } = 1;

    /// <summary>The number of rows in a page, at most <see cref="LargestPage"/>.</summary>
    public int PageSize { get; init; } = 25;
}

/// <summary>A row of the run list.</summary>
public sealed record RunRow(RunFacts Run, string ExportName, ExportPermissions Permissions);

/// <summary>One page of the run list.</summary>
/// <param name="Total">The number of matching runs on all pages.</param>
public sealed record RunPage(IReadOnlyList<RunRow> Rows, int Total);

/// <summary>An ended run in the history of an export.</summary>
/// <param name="At">When the run ended.</param>
/// <param name="Duration">Null when the run never started.</param>
public sealed record RunPoint(int RunId, DateTimeOffset At, RunState State, long Accepted, long Refused, TimeSpan? Duration);
