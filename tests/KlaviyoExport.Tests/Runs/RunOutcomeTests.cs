using System.Globalization;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Tests.Runs;

public sealed class RunOutcomeTests
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-US");

    [Theory]
    [InlineData(0, 0, 0, 0, RunOutcomeKind.NoMembers)]
    [InlineData(5, 0, 0, 0, RunOutcomeKind.NobodyDeliverable)]
    [InlineData(5, 5, 0, 0, RunOutcomeKind.Delivered, "Nothing was sent: no deliverable member is new or has changed.")]
    [InlineData(5, 0, 5, 0, RunOutcomeKind.Delivered, "Nothing was sent: no deliverable member is new or has changed.")]
    [InlineData(5, 3, 0, 2, RunOutcomeKind.Delivered, "Klaviyo accepted all 2 profiles sent.")]
    public void A_run_that_sent_nothing_says_why(
        int members,
        int unchanged,
        int respected,
        int accepted,
        RunOutcomeKind kind,
        string? message = null
    )
    {
        var ledger = new Ledger
        {
            Members = members,
            Unchanged = unchanged,
            Respected = respected,
            Prepared = accepted,
            Accepted = accepted,
        };

        var outcome = RunOutcome.Of(ledger, resends: false);

        Assert.Equal(kind, outcome.Kind);
        if (message is not null)
            Assert.Equal(message, outcome.Message.In(English));
    }

    [Theory]
    [InlineData(0, 0, 0, 0, "Klaviyo accepted all 2 profiles sent.")]
    [InlineData(7, 4, 3, 0, "Klaviyo accepted all 2 profiles sent. 7 profiles left the segments: 4 were taken off the list, 3 stay on it.")]
    [InlineData(
        7,
        4,
        2,
        1,
        "Klaviyo accepted all 2 profiles sent. "
            + "7 profiles left the segments: 4 were taken off the list, 2 stay on it, 1 was already off it."
    )]
    public void The_result_says_what_became_of_those_who_left(int leaving, int removed, int kept, int off, string message)
    {
        var ledger = new Ledger
        {
            Members = 2,
            Prepared = 2,
            Accepted = 2,
            Leaving = leaving,
            Removed = removed,
            KeptForOthers = kept / 2,
            KeptFromBefore = kept - (kept / 2),
            AlreadyOff = off,
        };

        var outcome = RunOutcome.Of(ledger, resends: false).WithLeaving(ledger);

        Assert.Equal(RunOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(message, outcome.Message.In(English));
    }

    [Fact]
    public void The_result_says_how_many_were_left_out_because_somebody_took_them_off()
    {
        var ledger = new Ledger { Members = 2, Respected = 2 };

        var outcome = RunOutcome.Of(ledger, resends: false).WithRespected(ledger).WithLeaving(ledger);

        Assert.Equal(
            "Nothing was sent: no deliverable member is new or has changed. "
                + "2 members were left out, because somebody took them off the list in Klaviyo.",
            outcome.Message.In(English)
        );
    }

    [Fact]
    public void A_run_says_how_many_members_its_audience_left_out()
    {
        var some = new Ledger
        {
            Members = 5,
            NotInKlaviyo = 2,
            Suppressed = 1,
            Prepared = 2,
            Accepted = 2,
        };
        var all = new Ledger { Members = 3, NotSubscribed = 3 };

        Assert.Equal(
            "Klaviyo accepted all 2 profiles sent. 3 members were left out, because they are not in the audience of the export.",
            RunOutcome.Of(some, resends: false).WithAudience(some).Message.In(English)
        );
        Assert.Equal(RunOutcomeKind.NobodyInAudience, RunOutcome.Of(all, resends: false).WithAudience(all).Kind);
        Assert.Equal((true, true), (some.AddsUp, all.AddsUp));
    }
}
