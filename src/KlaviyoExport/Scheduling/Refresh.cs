using KlaviyoExport.Data;
using KlaviyoExport.Recurrences;

namespace KlaviyoExport.Scheduling;

/// <summary>What a refresh task does.</summary>
public enum RefreshTaskKind
{
    /// <summary>Loads a source.</summary>
    Source,

    /// <summary>Counts the members of a segment.</summary>
    Segment,

    /// <summary>Runs an export that follows the refresh.</summary>
    Export,
}

/// <summary>The state of a refresh task. The last five states are final.</summary>
public enum RefreshTaskState
{
    NotStarted,
    Processing,
    Successful,
    CompletedWithWarnings,
    Failed,
    Canceled,

    /// <summary>The task was not carried out, for example because something that it depends on failed.</summary>
    Skipped,
}

/// <summary>The schedule of the system refresh. There is at most one row. Off until a person turns it on.</summary>
public sealed class RefreshPlan : IVersioned
{
    /// <summary>The id of the only row.</summary>
    public const int OnlyId = 1;

    public int Id { get; set; } = OnlyId;

    public bool IsOn { get; set; }

    /// <summary>The times of the refresh. Must be daily or weekly.</summary>
    public Recurrence Recurrence { get; set; } = new();

    /// <summary>The next time of the refresh, in UTC. Null when the plan is off or its recurrence cannot be used.</summary>
    public DateTimeOffset? NextAt { get; set; }

    public int Version { get; set; }
}

/// <summary>
/// A system refresh. It loads all sources, counts all segments and then runs the exports that follow it. One refresh at a time is in
/// progress.
/// </summary>
public sealed class Refresh : IVersioned
{
    public int Id { get; set; }

    /// <summary>The name of the person who started it, or "Schedule".</summary>
    public required string RequestedBy { get; set; }

    /// <summary>The planned time for which it started. Null when a person started it.</summary>
    public DateTimeOffset? DueAt { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Null while it is in progress.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>The name of the person who requested its cancellation. Null when it was not requested.</summary>
    public string? CancelRequestedBy { get; set; }

    public int Version { get; set; }
}

/// <summary>The work on one source, segment or export, in a refresh or on demand.</summary>
public sealed class RefreshTask
{
    public int Id { get; set; }

    /// <summary>Null when a person started it on demand.</summary>
    public int? RefreshId { get; set; }

    public RefreshTaskKind Kind { get; set; }

    /// <summary>The id of the source, segment or export.</summary>
    public int SubjectId { get; set; }

    /// <summary>The name of the source, segment or export when the task was created.</summary>
    public required string Name { get; set; }

    public RefreshTaskState State { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>The number of rows loaded, members counted or profiles accepted. Null when there is none.</summary>
    public long? Count { get; set; }

    /// <summary>A description of the result for the reader. Null when there is none.</summary>
    public LocalizedMessage? Outcome { get; set; }

    /// <summary>
    /// The name of the person who requested its cancellation, for the server that works on the task. Null when it was not requested.
    /// </summary>
    public string? CancelRequestedBy { get; set; }

    /// <summary>The run that the task started, or that explains why it was skipped. Null when there is none.</summary>
    public int? RunId { get; set; }
}
