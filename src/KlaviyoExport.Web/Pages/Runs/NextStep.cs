using KlaviyoExport.Overview;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>What a person can do next about a run in its present state.</summary>
/// <param name="Advice">The name of its text.</param>
/// <param name="Where">The place where the person can do it.</param>
public sealed record NextStep(string Advice, FixedAt Where)
{
    /// <returns>The next step. Null while the run is queued or in progress.</returns>
    public static NextStep? For(RunFacts run) =>
        run.State switch
        {
            RunState.Successful => new(LeftSomebodyOut(run.Ledger) ? "SomeLeftOut" : "Nothing", FixedAt.Nowhere),
            RunState.NeedsApproval => new("Approval", FixedAt.Nowhere),
            RunState.FailedRetrying => new("Retrying", FixedAt.Nowhere),
            RunState.Canceled => new("Canceled", FixedAt.RunAgain),
            RunState.Skipped => new(run.OutcomeKind == RunOutcomeKind.SkippedUpstream ? "SkippedUpstream" : "Skipped", FixedAt.RunAgain),
            RunState.CompletedWithWarnings or RunState.FailedPermanent => After(run.OutcomeKind),
            _ => null,
        };

    private static NextStep After(RunOutcomeKind? outcome) =>
        outcome switch
        {
            RunOutcomeKind.Refusals => new("Refusals", FixedAt.Rejections),
            RunOutcomeKind.Unconfirmed => new("Unconfirmed", FixedAt.Rejections),
            RunOutcomeKind.NoMembers or RunOutcomeKind.WouldEmptyList or RunOutcomeKind.NobodyToResend or RunOutcomeKind.Segment => new(
                "Members",
                FixedAt.Export
            ),
            RunOutcomeKind.NobodyDeliverable or RunOutcomeKind.Refused => new("Mapping", FixedAt.Export),
            RunOutcomeKind.OverCap => new("Cap", FixedAt.Export),
            RunOutcomeKind.NoConnection => new("Connection", FixedAt.Export),
            RunOutcomeKind.ListMissing => new("List", FixedAt.Export),
            RunOutcomeKind.ExportUser or RunOutcomeKind.Credentials => new("Account", FixedAt.Connections),
            RunOutcomeKind.RevisionRetired => new("Update", FixedAt.Server),
            RunOutcomeKind.Source => new("Source", FixedAt.Sources),
            RunOutcomeKind.Bug or RunOutcomeKind.LedgerWrong => new("Report", FixedAt.Server),
            _ => new("Again", FixedAt.RunAgain),
        };

    private static bool LeftSomebodyOut(Ledger ledger) => ledger.WithoutEmail + ledger.Invalid + ledger.Duplicate > 0;
}

/// <summary>The place where a person can fix the problem of a run.</summary>
public enum FixedAt
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
