using KlaviyoExport.Data;
using KlaviyoExport.Recurrences;

namespace KlaviyoExport.Scheduling;

public enum RefreshTaskKind
{
    /// <summary>Reads a source anew.</summary>
    Source,

    /// <summary>Counts a segment's members.</summary>
    Segment,

    /// <summary>Runs an export that follows the refresh.</summary>
    Export,
}

public enum RefreshTaskState
{
    NotStarted,
    Processing,
    Successful,
    CompletedWithWarnings,
    Failed,
    Canceled,

    /// <summary>Something it depends on failed.</summary>
    Skipped,
}

/// <summary>When the system refresh happens: one row. Off until somebody turns it on.</summary>
public sealed class RefreshPlan : IVersioned
{
    public const int OnlyId = 1;

    public int Id { get; set; } = OnlyId;

    public bool IsOn { get; set; }

    /// <summary>Daily or weekly.</summary>
    public Recurrence Recurrence { get; set; } = new();

    public DateTimeOffset? NextAt { get; set; }

    public int Version { get; set; }
}

/// <summary>One system refresh: sources are loaded, segments counted, then the exports that follow it run.</summary>
public sealed class Refresh : IVersioned
{
    public int Id { get; set; }

    public required string RequestedBy { get; set; }

    /// <summary>The time of the plan it answers to; null when somebody started it by hand.</summary>
    public DateTimeOffset? DueAt { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public string? CancelRequestedBy { get; set; }

    public int Version { get; set; }
}

/// <summary>What was done to one source, segment or export, in a refresh or by hand.</summary>
public sealed class RefreshTask
{
    public int Id { get; set; }

    /// <summary>Null: somebody did it by hand.</summary>
    public int? RefreshId { get; set; }

    public RefreshTaskKind Kind { get; set; }

    public int SubjectId { get; set; }

    /// <summary>The subject's name at the time.</summary>
    public required string Name { get; set; }

    public RefreshTaskState State { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>How many rows or members it found.</summary>
    public long? Count { get; set; }

    /// <summary>Why it ended as it did, in words.</summary>
    public LocalizedMessage? Outcome { get; set; }

    /// <summary>Who asked for it to stop; whichever machine works on it sees that.</summary>
    public string? CancelRequestedBy { get; set; }

    /// <summary>The run of an export.</summary>
    public int? RunId { get; set; }
}
