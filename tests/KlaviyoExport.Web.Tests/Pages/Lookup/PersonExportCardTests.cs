using System.Globalization;
using Bunit;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Overview.Lookup;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Web.Pages.Lookup;
using KlaviyoExport.Web.Tests.Components;

namespace KlaviyoExport.Web.Tests.Pages.Lookup;

public sealed class PersonExportCardTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    private static readonly SegmentVerdict InGirona = new(
        7,
        "Girona",
        false,
        [new DecidingCondition(new Condition("City", Operator.Equal, ["Girona"]), "Reus", false)],
        null,
        null
    );

    [Fact]
    public async Task A_condition_that_is_not_met_is_named_with_the_value_and_the_next_step() =>
        await ShowsAsync(
            Person(new PersonConclusion(PersonFinding.NotInSegments, InGirona, InGirona.Deciding[0]), InGirona),
            "Not in segment Girona, because City is “Reus” and the segment requires: equals Girona.",
            "Change City in the source, or change the segment. Then run the export.",
            "City is “Reus”. Required: equals Girona"
        );

    [Fact]
    public async Task A_table_that_does_not_have_the_key_is_named()
    {
        var segment = new SegmentVerdict(7, "Chosen", false, [], new MembershipSegment("chosen", ["id"]), null);
        await ShowsAsync(
            Person(new PersonConclusion(PersonFinding.NotInSegments, segment), segment),
            "Not in segment Chosen, because the key is not in its table chosen."
        );
    }

    [Fact]
    public async Task A_suppression_is_told_with_its_reason_and_its_time() =>
        await ShowsAsync(
            Person(new PersonConclusion(PersonFinding.OnListSuppressed)) with
            {
                Klaviyo = new PersonInKlaviyo(
                    true,
                    null,
                    true,
                    At,
                    new EmailConsent(
                        "K1",
                        EmailConsentState.Unsubscribed,
                        At,
                        [new EmailSuppression("SPAM_COMPLAINT", At, null), new EmailSuppression("NEW_REASON", null, null)],
                        [new EmailSuppression("UNSUBSCRIBE", null, "L1")]
                    )
                ),
            },
            "On the list Newsletter, but Klaviyo suppresses the address: the person marked a message as spam, NEW_REASON, the person unsubscribed (only on list L1).",
            "Unsubscribed",
            "2026"
        );

    [Fact]
    public async Task Somebody_who_was_taken_off_is_told_with_the_day()
    {
        var run = new PersonInRun(
            4,
            RunState.Successful,
            At,
            [new RunTrace(RunTraceKind.Rejected, RejectionReason.RemovedByHand, "a")],
            null
        );
        await ShowsAsync(
            Person(new PersonConclusion(PersonFinding.TakenOff, Run: run)) with
            {
                Runs = [run],
                Membership = new PersonMembership(MembershipState.RemovedByHand, null, null, [], null),
            },
            "Taken off the list Newsletter in Klaviyo on or before",
            "This export respects that.",
            "a: Taken off in Klaviyo",
            "Somebody took the person off in Klaviyo."
        );
    }

    [Fact]
    public async Task A_profile_that_another_one_replaces_is_named() =>
        await ShowsAsync(
            Person(new PersonConclusion(PersonFinding.OnList)) with
            {
                Profiles = [new FoundProfile("b", " A@shop.example", "a@shop.example", [InGirona with { IsMember = true }], "a")],
            },
            "not sent: a has the same address and is sent instead",
            "City is “Reus”, as required: equals Girona"
        );

    [Theory]
    [InlineData("en")]
    [InlineData("sr-Cyrl-RS")]
    [InlineData("ca-ES")]
    public async Task Every_conclusion_has_a_sentence_and_a_next_step_in_every_language(string language)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = new(language);
        try
        {
            await using var context = await PageContext.CreateAsync(Role.Administrator);
            foreach (var finding in Enum.GetValues<PersonFinding>())
            {
                var card = context.Ui.Render<PersonExportCard>(parameters =>
                    parameters.Add(part => part.Person, Person(new PersonConclusion(finding), InGirona))
                );
                var sentences = card.FindAll(".alert p");
                Assert.Equal(2, sentences.Count);
                Assert.All(sentences, sentence => Assert.DoesNotMatch(@"Finding\.|Next\.|\{\d", sentence.TextContent));
            }
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    private static async Task ShowsAsync(PersonAtExport person, params string[] texts)
    {
        await using var context = await PageContext.CreateAsync(Role.Contributor);
        var card = context.Ui.Render<PersonExportCard>(parameters => parameters.Add(part => part.Person, person));
        Assert.All(texts, text => Assert.Contains(text, card.Find("section").TextContent, StringComparison.Ordinal));
    }

    private static PersonAtExport Person(PersonConclusion conclusion, params SegmentVerdict[] segments) =>
        new(
            1,
            "Readers",
            "Newsletter",
            SyncMode.Full,
            "a@shop.example",
            null,
            [new FoundProfile("a", "a@shop.example", "a@shop.example", segments, null)],
            [new PersonInRun(3, RunState.Successful, At, [], RunSilence.UnchangedOrAbsent)],
            new PersonMembership(null, null, null, [], null),
            PersonInKlaviyo.NotAsked,
            conclusion
        );
}
