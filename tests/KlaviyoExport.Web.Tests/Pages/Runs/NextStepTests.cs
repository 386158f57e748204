using KlaviyoExport.Delivery;
using KlaviyoExport.Exports;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Pages.Runs;

namespace KlaviyoExport.Web.Tests.Pages.Runs;

public sealed class NextStepTests
{
    private static readonly DateTimeOffset Now = new TestClock().GetUtcNow();

    [Theory]
    [InlineData("Delivery.WithRefusals", "Refusals", FixedAt.Rejections)]
    [InlineData("Delivery.WithUnconfirmed", "Unconfirmed", FixedAt.Rejections)]
    [InlineData("Delivery.NoMembers", "Members", FixedAt.Export)]
    [InlineData("Delivery.NobodyDeliverable", "Mapping", FixedAt.Export)]
    [InlineData("Delivery.WouldEmptyList", "Members", FixedAt.Export)]
    [InlineData("Delivery.OverCap", "Cap", FixedAt.Export)]
    [InlineData("Delivery.NoConnection", "Connection", FixedAt.Export)]
    [InlineData("Delivery.AccountChanged", "Again", FixedAt.RunAgain)]
    [InlineData("Delivery.RetriesSpent", "Again", FixedAt.RunAgain)]
    [InlineData("Delivery.ExportUserGone", "Account", FixedAt.Connections)]
    [InlineData("Delivery.KeysLost", "Account", FixedAt.Connections)]
    [InlineData("Connections.VaultNotFound", "Account", FixedAt.Connections)]
    [InlineData("Klaviyo.KeyRefused", "Account", FixedAt.Connections)]
    [InlineData("Klaviyo.ListNotFound", "List", FixedAt.Export)]
    [InlineData("Klaviyo.RevisionRetired", "Update", FixedAt.Server)]
    [InlineData("Sources.NoColumn", "Source", FixedAt.Sources)]
    [InlineData("Segments.CannotRead", "Members", FixedAt.Export)]
    [InlineData("Delivery.Bug", "Report", FixedAt.Server)]
    [InlineData("Delivery.LedgerDoesNotAddUp", "Report", FixedAt.Server)]
    [InlineData("Later.NotKnownYet", "Again", FixedAt.RunAgain)]
    public void What_stopped_a_run_says_what_to_do_and_where(string outcome, string advice, FixedAt where) =>
        Assert.Equal(new NextStep(advice, where), NextStep.For(Ended(RunState.FailedPermanent) with { Outcome = new Notice(outcome) }));

    [Fact]
    public void A_success_that_left_somebody_out_says_who_can_be_helped()
    {
        var whole = Ended(RunState.Successful);

        Assert.Equal("Nothing", NextStep.For(whole)!.Advice);
        Assert.Equal("SomeLeftOut", NextStep.For(whole with { Ledger = new Ledger { Members = 2, Invalid = 1, Prepared = 1, Accepted = 1 } })!.Advice);
    }

    [Theory]
    [InlineData("Scheduling.SkippedForSource", "SkippedUpstream")]
    [InlineData("Scheduling.SkippedAsBusy", "Skipped")]
    public void A_skipped_run_tells_a_failure_before_it_from_a_matter_of_time(string outcome, string advice) =>
        Assert.Equal(advice, NextStep.For(Ended(RunState.Skipped) with { Outcome = new Notice(outcome) })!.Advice);

    [Fact]
    public void Of_a_run_at_work_nothing_is_asked() => Assert.Null(NextStep.For(Ended(RunState.Sending)));

    private static RunFacts Ended(RunState state) => new(
        1, 1, "Pract1", "Y6nRLr", SyncMode.Full, "Ana", RunTrigger.Person, null, null, state, Stage.Close, Now, Now, Now, new Ledger(), 0, null, null, null, 0, null, null, null);
}
