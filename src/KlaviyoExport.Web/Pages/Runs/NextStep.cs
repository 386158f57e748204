using KlaviyoExport.Overview;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>What a person can do next about a run in its present state.</summary>
/// <param name="Advice">The name of its text.</param>
/// <param name="Where">The place where the person can do it.</param>
public sealed record NextStep(string Advice, FixLocation Where)
{
    /// <returns>The next step. Null while the run is queued or in progress.</returns>
    public static NextStep? For(RunFacts run) =>
        run.State switch
        {
            RunState.Successful or RunState.CompletedWithWarnings when run.OutcomeKind == RunOutcomeKind.Undone => new(
                "Undone",
                FixLocation.Export
            ),
            RunState.Successful => AfterSuccess(run.Ledger),
            RunState.NeedsApproval => new("Approval", FixLocation.Nowhere),
            RunState.FailedRetrying => new("Retrying", FixLocation.Nowhere),
            RunState.Canceled => new("Canceled", FixLocation.RunAgain),
            RunState.Skipped => new(
                run.OutcomeKind == RunOutcomeKind.SkippedUpstream ? "SkippedUpstream" : "Skipped",
                FixLocation.RunAgain
            ),
            RunState.CompletedWithWarnings or RunState.FailedPermanent => After(run.OutcomeKind),
            _ => null,
        };

    private static NextStep After(RunOutcomeKind? outcome) =>
        outcome switch
        {
            RunOutcomeKind.Refusals => new("Refusals", FixLocation.Rejections),
            RunOutcomeKind.Unconfirmed => new("Unconfirmed", FixLocation.Rejections),
            RunOutcomeKind.NoMembers or RunOutcomeKind.WouldEmptyList or RunOutcomeKind.NobodyToResend or RunOutcomeKind.Segment => new(
                "Members",
                FixLocation.Export
            ),
            RunOutcomeKind.NobodyDeliverable or RunOutcomeKind.Refused => new("Mapping", FixLocation.Export),
            RunOutcomeKind.NobodyInAudience => new("Audience", FixLocation.Export),
            RunOutcomeKind.UndoRefused => new("Undone", FixLocation.Export),
            RunOutcomeKind.OverCap => new("Cap", FixLocation.Export),
            RunOutcomeKind.NoConnection => new("Connection", FixLocation.Export),
            RunOutcomeKind.ListMissing => new("List", FixLocation.Export),
            RunOutcomeKind.ExportUser or RunOutcomeKind.Credentials => new("Account", FixLocation.Connections),
            RunOutcomeKind.RevisionRetired => new("Update", FixLocation.Server),
            RunOutcomeKind.Source => new("Source", FixLocation.Sources),
            RunOutcomeKind.Bug or RunOutcomeKind.LedgerWrong => new("Report", FixLocation.Server),
            _ => new("Again", FixLocation.RunAgain),
        };

    private static NextStep AfterSuccess(Ledger ledger) =>
        ledger.WithoutEmail + ledger.Invalid + ledger.Duplicate > 0 ? new("SomeLeftOut", FixLocation.Nowhere)
        : ledger.Respected > 0 ? new("TakenOff", FixLocation.Export)
        : new("Nothing", FixLocation.Nowhere);
}

/// <summary>The place where a person can fix the problem of a run.</summary>
public enum FixLocation
{
    /// <summary>There is nothing to fix.</summary>
    Nowhere,

    /// <summary>The button to run again, on the page of the run.</summary>
    RunAgain,

    /// <summary>The rejections, on the page of the run.</summary>
    Rejections,

    /// <summary>The export.</summary>
    Export,

    /// <summary>The connections.</summary>
    Connections,

    /// <summary>The sources.</summary>
    Sources,

    /// <summary>The server. The system administrator has to fix the problem.</summary>
    Server,
}
