using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Pages.Runs;

namespace KlaviyoExport.Web.Tests.Pages.Runs;

public sealed class NextStepTests
{
    private static readonly DateTimeOffset Now = new TestClock().GetUtcNow();

    [Theory]
    [InlineData(RunOutcomeKind.Refusals, "Refusals", FixLocation.Rejections)]
    [InlineData(RunOutcomeKind.Unconfirmed, "Unconfirmed", FixLocation.Rejections)]
    [InlineData(RunOutcomeKind.NoMembers, "Members", FixLocation.Export)]
    [InlineData(RunOutcomeKind.NobodyDeliverable, "Mapping", FixLocation.Export)]
    [InlineData(RunOutcomeKind.WouldEmptyList, "Members", FixLocation.Export)]
    [InlineData(RunOutcomeKind.UndoRefused, "Undone", FixLocation.Export)]
    [InlineData(RunOutcomeKind.OverCap, "Cap", FixLocation.Export)]
    [InlineData(RunOutcomeKind.NoConnection, "Connection", FixLocation.Export)]
    [InlineData(RunOutcomeKind.AccountChanged, "Again", FixLocation.RunAgain)]
    [InlineData(RunOutcomeKind.RetriesSpent, "Again", FixLocation.RunAgain)]
    [InlineData(RunOutcomeKind.ExportUser, "Account", FixLocation.Connections)]
    [InlineData(RunOutcomeKind.Credentials, "Account", FixLocation.Connections)]
    [InlineData(RunOutcomeKind.ListMissing, "List", FixLocation.Export)]
    [InlineData(RunOutcomeKind.RevisionRetired, "Update", FixLocation.Server)]
    [InlineData(RunOutcomeKind.Source, "Source", FixLocation.Sources)]
    [InlineData(RunOutcomeKind.Segment, "Members", FixLocation.Export)]
    [InlineData(RunOutcomeKind.Bug, "Report", FixLocation.Server)]
    [InlineData(RunOutcomeKind.LedgerWrong, "Report", FixLocation.Server)]
    [InlineData(null, "Again", FixLocation.RunAgain)]
    public void The_reason_that_stopped_a_run_says_what_to_do_and_where(RunOutcomeKind? outcome, string advice, FixLocation where) =>
        Assert.Equal(new NextStep(advice, where), NextStep.For(Ended(RunState.FailedPermanent) with { OutcomeKind = outcome }));

    [Theory]
    [InlineData(RunState.Successful)]
    [InlineData(RunState.CompletedWithWarnings)]
    public void After_an_undo_the_segments_are_to_be_corrected(RunState state) =>
        Assert.Equal(new NextStep("Undone", FixLocation.Export), NextStep.For(Ended(state) with { OutcomeKind = RunOutcomeKind.Undone }));

    [Fact]
    public void A_success_with_rejected_profiles_says_which_can_be_corrected()
    {
        var whole = Ended(RunState.Successful);

        Assert.Equal("Nothing", NextStep.For(whole)!.Advice);
        Assert.Equal(
            "SomeLeftOut",
            NextStep
                .For(
                    whole with
                    {
                        Ledger = new Ledger
                        {
                            Members = 2,
                            Invalid = 1,
                            Prepared = 1,
                            Accepted = 1,
                        },
                    }
                )!
                .Advice
        );
    }

    [Theory]
    [InlineData(RunOutcomeKind.SkippedUpstream, "SkippedUpstream")]
    [InlineData(RunOutcomeKind.Skipped, "Skipped")]
    public void A_skipped_run_distinguishes_an_earlier_failure_from_a_missed_time(RunOutcomeKind? outcome, string advice) =>
        Assert.Equal(advice, NextStep.For(Ended(RunState.Skipped) with { OutcomeKind = outcome })!.Advice);

    [Fact]
    public void A_working_run_needs_no_query() => Assert.Null(NextStep.For(Ended(RunState.Sending)));

    private static RunFacts Ended(RunState state) =>
        new(
            1,
            1,
            "Pract1",
            "Y6nRLr",
            SyncMode.Full,
            "Ana",
            RunTrigger.Person,
            null,
            null,
            state,
            Stage.Close,
            Now,
            Now,
            Now,
            new Ledger(),
            0,
            null,
            null,
            null,
            0,
            null,
            null,
            null
        );
}
