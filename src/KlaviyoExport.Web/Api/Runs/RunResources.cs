using System.Globalization;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Api.Runs;

/// <summary>A run in the list of runs.</summary>
/// <param name="Export">The name of the export.</param>
/// <param name="State">The state in detail. It may get new values; <paramref name="Status"/> tells what they mean.</param>
/// <param name="IsFinal">Whether the run has ended.</param>
/// <param name="RequestedBy">The person, token or schedule that started the run.</param>
/// <param name="RetryAt">When a run that met a temporary fault resumes.</param>
/// <param name="Outcome">How it ended, or what it waits for, in the language of the header Accept-Language.</param>
internal record RunSummary(
    int Id,
    int ExportId,
    string Export,
    StatusText Status,
    RunState State,
    bool IsFinal,
    SyncMode SyncMode,
    RunTrigger Trigger,
    string RequestedBy,
    DateTimeOffset QueuedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? RetryAt,
    string? Outcome,
    LedgerResource Ledger
)
{
    public static RunSummary Of(RunRow row) => Of(row.Run, row.ExportName);

    public static RunSummary Of(RunFacts run, string export) =>
        new(
            run.Id,
            run.ExportId,
            export,
            StatusTexts.Of(run.State),
            run.State,
            run.State.IsFinal(),
            run.SyncMode,
            run.Trigger,
            run.RequestedBy,
            run.QueuedAt,
            run.StartedAt,
            run.FinishedAt,
            run.RetryAt,
            run.Outcome?.ForReader(),
            LedgerResource.Of(run.Ledger)
        );
}

/// <summary>A run.</summary>
internal sealed record RunResource : RunSummary
{
    private RunResource(RunSummary summary)
        : base(summary) { }

    /// <summary>What the run waits for. Null when it works or has ended.</summary>
    public required string? WaitsFor { get; init; }

    /// <summary>How far the run is. Null unless it is being executed.</summary>
    public required ProgressResource? Progress { get; init; }

    /// <summary>The number of rejected profiles by reason.</summary>
    public required IReadOnlyList<ReasonCount> Rejections { get; init; }

    /// <summary>The numbers for the decision. Null unless the run needs approval.</summary>
    public required ApprovalView? Approval { get; init; }

    /// <summary>The run whose rejected profiles this run sends again.</summary>
    public required int? RetriesRunId { get; init; }

    /// <summary>The run that sends the rejected profiles of this run again.</summary>
    public required int? RetriedByRunId { get; init; }

    /// <summary>The run that this run undoes.</summary>
    public required int? UndoesRunId { get; init; }

    /// <summary>The run that undoes this run.</summary>
    public required int? UndoneByRunId { get; init; }

    /// <summary>Whether the run can be undone, and the role of the token may do it.</summary>
    public required bool MayUndo { get; init; }

    /// <summary>What happened, oldest first.</summary>
    public required IReadOnlyList<TimelineItem> Timeline { get; init; }

    public static RunResource Of(RunView view) =>
        new(Of(view.Run, view.ExportName))
        {
            WaitsFor = view.WaitsFor?.Message.ForReader(),
            Progress = ProgressResource.Of(view),
            Rejections = view.Rejections,
            Approval = view.Approval,
            RetriesRunId = view.Run.RetriesRunId,
            RetriedByRunId = view.RetriedByRunId,
            UndoesRunId = view.Run.UndoesRunId,
            UndoneByRunId = view.UndoneByRunId,
            MayUndo = view.MayUndo,
            Timeline = [.. view.Timeline.Select(line => new TimelineItem(line.At, line.What.ForReader()))],
        };
}

/// <summary>How far a run is.</summary>
/// <param name="Stage">The first step that is not complete. Steps overlap.</param>
/// <param name="Done">The profiles of the step that are done.</param>
/// <param name="Total">The profiles of the step. Null while the number is not known.</param>
/// <param name="TimeLeftSeconds">The estimated seconds until the run ends. Null while they cannot be told.</param>
internal sealed record ProgressResource(Stage Stage, long Done, long? Total, long? TimeLeftSeconds)
{
    public static ProgressResource? Of(RunView view) =>
        view.Steps.FirstOrDefault(step => !step.IsComplete) is { } step
            ? new ProgressResource(step.Stage, step.Done, step.Total, (long?)view.TimeLeft?.Length.TotalSeconds)
            : null;
}

/// <summary>An event of a run.</summary>
internal sealed record TimelineItem(DateTimeOffset At, string What);

/// <summary>
/// The counts of a run, in profiles. members = withoutEmail + invalid + duplicate + unchanged + respected + notInKlaviyo + notSubscribed
/// + suppressed + prepared; prepared = accepted + refused + unconfirmed + unsent; leaving = removed + keptForOthers + keptFromBefore
/// + alreadyOff + unsettled.
/// </summary>
/// <param name="Members">The members of the segments.</param>
/// <param name="Unchanged">Delivered before and not changed since.</param>
/// <param name="Respected">Taken off the list in Klaviyo by somebody, and not put back.</param>
/// <param name="Prepared">Prepared for sending.</param>
/// <param name="Unconfirmed">Sent, and Klaviyo never reported a result.</param>
/// <param name="Unsent">Never sent. 0 unless the run was canceled or failed.</param>
/// <param name="Leaving">Have left the segments (mirror exports only).</param>
/// <param name="Returning">Taken off by the run that this run undoes.</param>
/// <param name="AddsUp">Whether the counts add up. A run that ended always does, or is failed.</param>
internal sealed record LedgerResource(
    long Members,
    long WithoutEmail,
    long Invalid,
    long Duplicate,
    long Unchanged,
    long Respected,
    long NotInKlaviyo,
    long NotSubscribed,
    long Suppressed,
    long Prepared,
    long Accepted,
    long Refused,
    long Unconfirmed,
    long Unsent,
    long Leaving,
    long Removed,
    long KeptForOthers,
    long KeptFromBefore,
    long AlreadyOff,
    long Unsettled,
    long Returning,
    long PutBack,
    bool AddsUp
)
{
    public static LedgerResource Of(Ledger ledger) =>
        new(
            ledger.Members,
            ledger.WithoutEmail,
            ledger.Invalid,
            ledger.Duplicate,
            ledger.Unchanged,
            ledger.Respected,
            ledger.NotInKlaviyo,
            ledger.NotSubscribed,
            ledger.Suppressed,
            ledger.Prepared,
            ledger.Accepted,
            ledger.Refused,
            ledger.Unconfirmed,
            ledger.Unsent,
            ledger.Leaving,
            ledger.Removed,
            ledger.KeptForOthers,
            ledger.KeptFromBefore,
            ledger.AlreadyOff,
            ledger.Unsettled,
            ledger.Returning,
            ledger.PutBack,
            ledger.AddsUp
        );
}

/// <summary>A rejected profile.</summary>
/// <param name="Profile">The key of the profile in its source.</param>
/// <param name="Email">Null when there is none, or the token may not see it: it needs the scope PersonalData.</param>
/// <param name="Code">The error code of Klaviyo, or the fault of the address. Null for other reasons.</param>
/// <param name="Detail">Klaviyo's description, or what else is known.</param>
/// <param name="Batch">The number of the batch. Null when the profile was never sent.</param>
internal sealed record RejectionItem(string Profile, string? Email, RejectionReason Reason, string? Code, string? Detail, int? Batch)
{
    public static RejectionItem Of(RejectionRow row) =>
        new(row.ProfileKey, row.Email, row.Reason, row.Code, row.DetailIn(CultureInfo.CurrentUICulture), row.BatchNumber);
}
