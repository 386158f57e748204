using KlaviyoExport.Data;

namespace KlaviyoExport.Runs;

/// <summary>One execution of an export.</summary>
public sealed class Run : IVersioned
{
    public int Id { get; set; }

    public int ExportId { get; set; }

    /// <summary>The export while the run is not final, then null; unique, so that an export never has two runs under way.</summary>
    public int? ActiveExportId { get; set; }

    /// <summary>The Klaviyo account it goes to: the limits are the account's, so its runs go one after another.</summary>
    public required string AccountId { get; set; }

    /// <summary>The list at the time of the run; the export's may change later.</summary>
    public required string ListId { get; set; }

    /// <summary>The export's mode at the time of the run.</summary>
    public SyncMode SyncMode { get; set; }

    public required string RequestedBy { get; set; }

    public RunTrigger Trigger { get; set; }

    /// <summary>The time of the schedule it answers to.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>The run whose rejected profiles it sends again, and only those; null for an ordinary run.</summary>
    public int? RetriesRunId { get; set; }

    /// <summary>For which reasons those were rejected that it sends again; null for an ordinary run.</summary>
    public List<RejectionReason>? RetriesReasons { get; set; }

    /// <summary>Only <see cref="RunStates"/> moves it.</summary>
    public RunState State { get; set; }

    /// <summary>The stage it is in or was in last; where a run that was interrupted goes on.</summary>
    public Stage Stage { get; set; }

    public DateTimeOffset QueuedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public Ledger Ledger { get; set; } = new();

    /// <summary>Units of the current stage done so far: members read, profiles sent, profiles confirmed, profiles removed.</summary>
    public long Done { get; set; }

    /// <summary>Units of the current stage in all; null while it is not known.</summary>
    public long? Total { get; set; }

    /// <summary>When the current stage began, for rate and time left.</summary>
    public DateTimeOffset? StageStartedAt { get; set; }

    /// <summary>How it ended, or what it waits for, for people; set by <see cref="Tell"/>.</summary>
    public LocalizedMessage? Outcome { get; set; }

    /// <summary>The same, to decide by.</summary>
    public RunOutcomeKind? OutcomeKind { get; set; }

    /// <summary>Tries made so far after failures that may pass.</summary>
    public int Retries { get; set; }

    /// <summary>When the next try is due; only in state FailedRetrying.</summary>
    public DateTimeOffset? RetryAt { get; set; }

    /// <summary>When it began to wait for somebody's approval; null when it never had to.</summary>
    public DateTimeOffset? ApprovalAskedAt { get; set; }

    /// <summary>When somebody let it go on.</summary>
    public DateTimeOffset? ApprovedAt { get; set; }

    public string? ApprovedBy { get; set; }

    /// <summary>When its rejections were deleted, their time being over; its ledger still counts them.</summary>
    public DateTimeOffset? RejectionsPurgedAt { get; set; }

    public DateTimeOffset? CancelRequestedAt { get; set; }

    public string? CancelRequestedBy { get; set; }

    public int Version { get; set; }

    /// <summary>A run of an export as it is now; the one place where runs are made.</summary>
    /// <param name="target">What the export sends where.</param>
    /// <param name="requestedBy">In whose name.</param>
    /// <param name="at">Now.</param>
    internal static Run Queue(RunTarget target, string requestedBy, DateTimeOffset at) =>
        new()
        {
            ExportId = target.ExportId,
            ActiveExportId = target.ExportId,
            AccountId = target.AccountId,
            ListId = target.ListId,
            SyncMode = target.SyncMode,
            RequestedBy = requestedBy,
            QueuedAt = at,
        };

    /// <param name="outcome">Null: it is at work, and nothing is to be said of it.</param>
    internal void Tell(RunOutcome? outcome) => (OutcomeKind, Outcome) = (outcome?.Kind, outcome?.Message);

    /// <summary>A run that is over before it began, because something it depends on failed.</summary>
    internal static Run Skip(RunTarget target, string requestedBy, DateTimeOffset at, RunOutcome why)
    {
        var run = Queue(target, requestedBy, at);
        run.FinishedAt = at;
        run.Tell(why);
        run.MoveTo(RunState.Skipped);
        return run;
    }
}

/// <summary>What an export sends where, at the moment a run of it is queued.</summary>
internal sealed record RunTarget(int ExportId, string AccountId, string ListId, SyncMode SyncMode);
