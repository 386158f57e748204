using FsCheck;
using FsCheck.Fluent;
using KlaviyoExport.Delivery;
using KlaviyoExport.Exports;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>From when on a run may send, although it still reads.</summary>
public sealed class SendingClearanceTests
{
    private static readonly ApprovalOptions Options = new() { Share = 0.5, AtLeast = 10 };

    [Fact]
    public void Whatever_the_remaining_members_are_nothing_stops_a_run_that_may_send() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithReplay(2026, 1127), Prop.ForAll(Stories().ToArbitrary(), Holds));

    [Fact]
    public void Without_a_cap_or_an_approval_in_sight_a_run_may_send_at_once() =>
        Assert.True(new SendingClearance(1_000, 1_000, null, Mirrors: true).IsGiven(0, 0, 0, 0));

    [Fact]
    public void A_run_whose_members_are_not_certain_may_not_send_before_all_are_read() =>
        Assert.False(new SendingClearance(null, 1_000, null, Mirrors: false).IsGiven(10, 10, 0, 0));

    [Fact]
    public void A_run_like_the_one_before_may_send_when_half_of_its_members_are_read()
    {
        var clearance = new SendingClearance(1_000, 2_000, new ApprovalOutlook(Options, new ListRules(), 1_000), Mirrors: true);

        Assert.False(clearance.IsGiven(499, 499, 0, 501));
        Assert.True(clearance.IsGiven(500, 500, 0, 500));
    }

    [Fact]
    public void One_member_too_many_for_the_cap_holds_the_run_until_it_is_certain_that_another_is_left_out()
    {
        var clearance = new SendingClearance(101, 100, null, Mirrors: false);

        Assert.False(clearance.IsGiven(50, 50, 0, 0));
        Assert.True(clearance.IsGiven(50, 49, 0, 0));
    }

    /// <summary>The members in the order of reading.</summary>
    private sealed record Story(int Cap, int? Before, bool Mirrors, int Delivered, Member[] Members);

    /// <param name="IsDeliverable">Whether it is delivered, changed or not.</param>
    /// <param name="IsRespected">Whether it was taken off the list in Klaviyo. Such a member is not delivered.</param>
    /// <param name="IsKnown">Whether the export has delivered the person before.</param>
    private sealed record Member(bool IsDeliverable, bool IsRespected, bool IsKnown);

    private static Gen<Story> Stories() =>
        from count in Gen.Choose(0, 60)
        from kind in Gen.Choose(0, 9)
        from members in (
            from deliverable in Gen.Choose(0, 9)
            from respected in Gen.Choose(0, 30)
            from known in Gen.Choose(0, 9)
            select new Member(deliverable >= kind / 2 && respected > 0, respected == 0, known >= kind)
        ).ArrayOf(count)
        from cap in Gen.Choose(1, 80)
        from before in Gen.Choose(-20, 80)
        from mirrors in Gen.Elements(true, false)
        from gone in Gen.Choose(0, 40)
        select new Story(cap, before <= 0 ? null : before, mirrors, gone, members);

    private static bool Holds(Story story)
    {
        var known = story.Members.Count(member => member.IsKnown) + story.Delivered;
        var approval = story.Before is { } before ? new ApprovalOutlook(Options, new ListRules(), before) : null;
        var clearance = new SendingClearance(story.Members.Length, story.Cap, approval, story.Mirrors);
        var isGiven = clearance.IsGiven(0, 0, 0, known);
        var (read, deliverable, respected, leaving) = (0, 0, 0, known);
        foreach (var member in story.Members)
        {
            read++;
            deliverable += member.IsDeliverable ? 1 : 0;
            respected += member.IsRespected ? 1 : 0;
            leaving -= member.IsKnown ? 1 : 0;
            isGiven |= clearance.IsGiven(read, deliverable, respected, leaving);
        }
        var removals = story.Mirrors ? leaving : 0;
        var isHeldUp = approval?.MayNeedApproval(deliverable, deliverable, removals) == true;
        var isEmptied = removals > 0 && deliverable + respected == 0;
        return !isGiven || (deliverable <= story.Cap && !isHeldUp && !isEmptied);
    }
}
