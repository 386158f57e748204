using KlaviyoExport.Overview;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>What can be done about where a run stands.</summary>
/// <param name="Advice">Names its text.</param>
/// <param name="Where">Where it is done.</param>
public sealed record NextStep(string Advice, FixedAt Where)
{
    /// <returns>Null for a run at work, of which nothing is asked.</returns>
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

/// <summary>The place where what stopped a run is mended.</summary>
public enum FixedAt
{
    Nowhere,

    /// <summary>On the page of the run: Run again.</summary>
    RunAgain,

    /// <summary>On the page of the run: among its rejections.</summary>
    Rejections,
    Export,
    Connections,
    Sources,

    /// <summary>By whoever looks after the installation.</summary>
    Server,
}
