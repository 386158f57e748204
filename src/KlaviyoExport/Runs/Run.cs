using KlaviyoExport.Data;

namespace KlaviyoExport.Runs;

/// <summary>One execution of an export.</summary>
public sealed class Run : IVersioned
{
    public int Id { get; set; }

    public int ExportId { get; set; }

    /// <summary>
    /// The export while the run has not ended, then null. The column is unique, so that an export has at most one active run.
    /// </summary>
    public int? ActiveExportId { get; set; }

    /// <summary>
    /// The Klaviyo account that receives the profiles. Rate limits apply to an account, so its runs are executed one after another.
    /// </summary>
    public required string AccountId { get; set; }

    /// <summary>The ID of the list when the run was queued. The list of the export may change later.</summary>
    public required string ListId { get; set; }

    /// <summary>The sync mode of the export when the run was queued.</summary>
    public SyncMode SyncMode { get; set; }

    public required string RequestedBy { get; set; }

    public RunTrigger Trigger { get; set; }

    /// <summary>The scheduled time that started the run. Null when a person started it.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>The run whose rejected profiles this run sends again, and nothing else. Null for an ordinary run.</summary>
    public int? RetriesRunId { get; set; }

    /// <summary>The reasons of the rejections that are sent again. Null for an ordinary run.</summary>
    public List<RejectionReason>? RetriesReasons { get; set; }

    /// <summary>Whether the run sends all members, changed or not, whatever the sync mode.</summary>
    public bool SendsEverything { get; set; }

    /// <summary>The run whose changes of the list this run takes back, and nothing else. Null for other runs.</summary>
    public int? UndoesRunId { get; set; }

    /// <summary>
    /// The number of people on the list who are neither in the segments nor held by another export, before the first mirror run of an
    /// export. They stay on it. Null when there are none, and for other runs.
    /// </summary>
    public int? Strangers { get; set; }

    /// <summary>The data that the run read. Null until it has read all members, and for runs of older versions of the product.</summary>
    public SourceReading? SourceReading { get; set; }

    /// <summary>The state. It changes only through <see cref="RunStates.MoveTo"/>.</summary>
    public RunState State { get; set; }

    /// <summary>The current or last stage. An interrupted run resumes here.</summary>
    public Stage Stage { get; set; }

    public DateTimeOffset QueuedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public Ledger Ledger { get; set; } = new();

    /// <summary>The progress of the current stage: the number of members read, or of profiles sent, confirmed or removed.</summary>
    public long Done { get; set; }

    /// <summary>The number of members or profiles of the current stage. Null while it is not known.</summary>
    public long? Total { get; set; }

    /// <summary>When the current stage started.</summary>
    public DateTimeOffset? StageStartedAt { get; set; }

    /// <summary>The rates and what the run waits for, as measured by the execution. Null while the run is not being executed.</summary>
    public RunReading? Reading { get; set; }

    /// <summary>How the run ended or what it is waiting for, as text for people. Set by <see cref="Tell"/>.</summary>
    public LocalizedMessage? Outcome { get; set; }

    /// <summary>The kind of <see cref="Outcome"/>, for decisions in code.</summary>
    public RunOutcomeKind? OutcomeKind { get; set; }

    /// <summary>The number of retries after temporary faults.</summary>
    public int Retries { get; set; }

    /// <summary>When the next retry is due. Null unless the state is <see cref="RunState.FailedRetrying"/>.</summary>
    public DateTimeOffset? RetryAt { get; set; }

    /// <summary>When the run started to wait for approval. Null when it never needed one.</summary>
    public DateTimeOffset? ApprovalAskedAt { get; set; }

    /// <summary>When a person approved the run. Null when nobody has.</summary>
    public DateTimeOffset? ApprovedAt { get; set; }

    public string? ApprovedBy { get; set; }

    /// <summary>
    /// When the rejections were deleted at the end of their retention period. The ledger still counts them. Null while they are kept.
    /// </summary>
    public DateTimeOffset? RejectionsPurgedAt { get; set; }

    public DateTimeOffset? CancelRequestedAt { get; set; }

    public string? CancelRequestedBy { get; set; }

    public int Version { get; set; }

    /// <summary>Creates a queued run. This and <see cref="Skip"/> are the only places that create runs.</summary>
    /// <param name="target">The export, with its account, list and sync mode.</param>
    /// <param name="requestedBy">The name of the person in whose name the run is executed.</param>
    /// <param name="at">The current time.</param>
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

    /// <summary>Sets <see cref="Outcome"/> and <see cref="OutcomeKind"/>.</summary>
    /// <param name="outcome">Null while the run is being executed.</param>
    internal void Tell(RunOutcome? outcome) => (OutcomeKind, Outcome) = (outcome?.Kind, outcome?.Message);

    /// <summary>Creates a run that has ended without being executed, because something it depends on failed.</summary>
    internal static Run Skip(RunTarget target, string requestedBy, DateTimeOffset at, RunOutcome why)
    {
        var run = Queue(target, requestedBy, at);
        run.FinishedAt = at;
        run.Tell(why);
        run.MoveTo(RunState.Skipped);
        return run;
    }
}

/// <summary>The properties of an export that a run keeps from the moment it is queued.</summary>
internal sealed record RunTarget(int ExportId, string AccountId, string ListId, SyncMode SyncMode);
