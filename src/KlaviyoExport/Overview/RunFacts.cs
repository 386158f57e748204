using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>The properties of a run for display. See <see cref="Run"/> for the meaning of each.</summary>
public sealed record RunFacts(
    int Id,
    int ExportId,
    string AccountId,
    string ListId,
    SyncMode SyncMode,
    string RequestedBy,
    RunTrigger Trigger,
    DateTimeOffset? DueAt,
    int? RetriesRunId,
    RunState State,
    Stage Stage,
    DateTimeOffset QueuedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    Ledger Ledger,
    long Done,
    long? Total,
    DateTimeOffset? StageStartedAt,
    LocalizedMessage? Outcome,
    int Retries,
    DateTimeOffset? RetryAt,
    DateTimeOffset? CancelRequestedAt,
    string? CancelRequestedBy
)
{
    /// <summary>When retention deleted the run's rejections. Null while they are kept.</summary>
    public DateTimeOffset? RejectionsPurgedAt { get; init; }

    public RunOutcomeKind? OutcomeKind { get; init; }

    /// <summary>Whether the run sends all members, changed or not.</summary>
    public bool SendsEverything { get; init; }

    /// <summary>The run that this run undoes. Null for other runs.</summary>
    public int? UndoesRunId { get; init; }

    /// <summary>What the execution has measured last. It may be outdated: see <see cref="ReadingAt"/>.</summary>
    public RunReading? Reading { get; init; }

    /// <inheritdoc cref="Run.Strangers"/>
    public int? Strangers { get; init; }

    public DateTimeOffset? ApprovedAt { get; init; }

    public string? ApprovedBy { get; init; }

    /// <summary>Whether the members are being read.</summary>
    internal bool IsReading => Stage == Stage.Prepare && Ledger.Members == 0 && UndoesRunId is null;

    /// <summary>Returns what the execution has measured. Null when it has not for a while, or the run is not being executed.</summary>
    public RunReading? ReadingAt(DateTimeOffset now) =>
        State.Phase() == RunPhase.Working && Reading is { } reading && now - reading.At < RunReading.Lifetime ? reading : null;

    internal static RunFacts Of(Run run) =>
        new(
            run.Id,
            run.ExportId,
            run.AccountId,
            run.ListId,
            run.SyncMode,
            run.RequestedBy,
            run.Trigger,
            run.DueAt,
            run.RetriesRunId,
            run.State,
            run.Stage,
            run.QueuedAt,
            run.StartedAt,
            run.FinishedAt,
            run.Ledger,
            run.Done,
            run.Total,
            run.StageStartedAt,
            run.Outcome,
            run.Retries,
            run.RetryAt,
            run.CancelRequestedAt,
            run.CancelRequestedBy
        )
        {
            RejectionsPurgedAt = run.RejectionsPurgedAt,
            OutcomeKind = run.OutcomeKind,
            ApprovedAt = run.ApprovedAt,
            ApprovedBy = run.ApprovedBy,
            SendsEverything = run.SendsEverything,
            UndoesRunId = run.UndoesRunId,
            Strangers = run.Strangers,
            Reading = run.Reading,
        };
}

/// <summary>The properties of a batch for display. See <see cref="Batch"/> for the meaning of each.</summary>
public sealed record BatchFacts(
    int Number,
    BatchState State,
    int Prepared,
    int Accepted,
    int Refused,
    int Unconfirmed,
    string? JobId,
    int LostJobs,
    DateTimeOffset? SentAt,
    DateTimeOffset? ConfirmedAt
)
{
    /// <summary>The number of profiles that Klaviyo reported as completed in the import job. Null when Klaviyo did not report it.</summary>
    public int? JobCompleted { get; init; }

    /// <summary>The number of profiles that Klaviyo reported as failed in the import job. Null when Klaviyo did not report it.</summary>
    public int? JobFailed { get; init; }

    /// <summary>Whether Klaviyo's counts differ from those of the ledger.</summary>
    public bool Differs { get; init; }

    internal static BatchFacts Of(Batch batch) =>
        new(
            batch.Number,
            batch.State,
            batch.Prepared,
            batch.Accepted,
            batch.Refused,
            batch.Unconfirmed,
            batch.JobId,
            batch.LostJobs,
            batch.SentAt,
            batch.ConfirmedAt
        )
        {
            JobCompleted = batch.JobCompleted,
            JobFailed = batch.JobFailed,
            Differs = batch.Differs,
        };
}

/// <summary>An entry of a run's timeline.</summary>
public sealed record TimelineLine(long Id, DateTimeOffset At, LocalizedMessage What);
