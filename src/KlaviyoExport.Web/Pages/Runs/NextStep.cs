using KlaviyoExport.Delivery;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>What can be done about where a run stands.</summary>
/// <param name="Advice">Names its text.</param>
/// <param name="Where">Where it is done.</param>
public sealed record NextStep(string Advice, FixedAt Where)
{
    /// <returns>Null for a run at work, of which nothing is asked.</returns>
    public static NextStep? For(RunFacts run) => run.State switch
    {
        RunState.Successful => new(LeftSomebodyOut(run.Ledger) ? "SomeLeftOut" : "Nothing", FixedAt.Nowhere),
        RunState.NeedsApproval => new("Approval", FixedAt.Nowhere),
        RunState.FailedRetrying => new("Retrying", FixedAt.Nowhere),
        RunState.Canceled => new("Canceled", FixedAt.RunAgain),
        RunState.Skipped => new(run.Outcome?.Code is "Scheduling.SkippedForSource" or "Scheduling.SkippedForSegments" ? "SkippedUpstream" : "Skipped", FixedAt.RunAgain),
        RunState.CompletedWithWarnings or RunState.FailedPermanent => After(run.Outcome?.Code ?? ""),
        _ => null,
    };

    private static NextStep After(string outcome) => outcome switch
    {
        "Delivery.WithRefusals" => new("Refusals", FixedAt.Rejections),
        "Delivery.WithUnconfirmed" => new("Unconfirmed", FixedAt.Rejections),
        "Delivery.NoMembers" or "Delivery.WouldEmptyList" or "Delivery.NobodyToRetry" => new("Members", FixedAt.Export),
        "Delivery.NobodyDeliverable" or "Delivery.BatchRefused" or "Klaviyo.Refused" => new("Mapping", FixedAt.Export),
        "Delivery.OverCap" => new("Cap", FixedAt.Export),
        "Delivery.NoConnection" => new("Connection", FixedAt.Export),
        "Klaviyo.ListNotFound" => new("List", FixedAt.Export),
        "Delivery.ExportUserMissing" or "Delivery.ExportUserGone" or "Delivery.KeysLost" or "Klaviyo.KeyRefused" or "Klaviyo.ScopeMissing" => new("Account", FixedAt.Connections),
        "Klaviyo.RevisionRetired" => new("Update", FixedAt.Server),
        "Delivery.RetriesSpent" or "Delivery.AccountChanged" => new("Again", FixedAt.RunAgain),
        "Delivery.Bug" or "Delivery.LedgerDoesNotAddUp" => new("Report", FixedAt.Server),
        _ when outcome.StartsWith("Connections.", StringComparison.Ordinal) => new("Account", FixedAt.Connections),
        _ when outcome.StartsWith("Sources.", StringComparison.Ordinal) => new("Source", FixedAt.Sources),
        _ when outcome.StartsWith("Segments.", StringComparison.Ordinal) => new("Members", FixedAt.Export),
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
