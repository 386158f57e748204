using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sandbox.Profiles;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>Runs of exports that leave members out by what Klaviyo knows about them. The people are those of the practice store.</summary>
public sealed class AudienceTests
{
    private static readonly Customer[] People =
    [
        new("new", "new@practice.example", "New"),
        new("subscribed", "Subscribed@Practice.example", "Subscribed"),
        new("never", "never@practice.example", "Never"),
        new("unsubscribed", "unsubscribed@practice.example", "Unsubscribed"),
        new("spam", "spam@practice.example", "Spam"),
        new("suppressed", "suppressed@practice.example", "Suppressed"),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, false, false, "new NotInKlaviyo")]
    [InlineData(
        false,
        true,
        false,
        "never NotSubscribed, new NotInKlaviyo, spam NotSubscribed, suppressed NotSubscribed, unsubscribed NotSubscribed"
    )]
    [InlineData(false, false, true, "spam Suppressed, suppressed Suppressed, unsubscribed Suppressed")]
    [InlineData(true, false, true, "new NotInKlaviyo, spam Suppressed, suppressed Suppressed, unsubscribed Suppressed")]
    public async Task Each_option_leaves_out_its_people_and_counts_them_by_reason(
        bool update,
        bool subscribed,
        bool suppressed,
        string leftOut
    )
    {
        await using var bench = await Workbench.CreateAsync(People);
        await ChooseAsync(
            bench,
            new()
            {
                UpdateOnly = update,
                OnlySubscribed = subscribed,
                LeaveOutSuppressed = suppressed,
            }
        );
        var consents = bench.Sandbox.State.Consents();

        var run = await bench.RunAsync();

        var rejections = await bench.RejectionsAsync(run.Id);
        Assert.Equal(leftOut, string.Join(", ", rejections.Select(row => $"{row.ProfileKey} {row.Reason}").Order(StringComparer.Ordinal)));
        Assert.Equal((6, 6 - rejections.Count), (run.Ledger.Members, run.Ledger.Accepted));
        Assert.Equal(
            (Count(rejections, RejectionReason.NotInKlaviyo), Count(rejections, RejectionReason.NotSubscribed)),
            (run.Ledger.NotInKlaviyo, run.Ledger.NotSubscribed)
        );
        Assert.Equal(Count(rejections, RejectionReason.Suppressed), run.Ledger.Suppressed);
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal((RunState.Successful, "Delivery.WithAudience"), (run.State, run.Outcome!.Code));
        Assert.Equal(consents, bench.Sandbox.State.Consents());
    }

    [Fact]
    public async Task An_export_that_only_updates_creates_no_profile_in_Klaviyo()
    {
        await using var bench = await Workbench.CreateAsync([.. People, .. Customer.Many(250)]);
        await ChooseAsync(bench, new() { UpdateOnly = true });
        var before = Profiles(bench);

        var run = await bench.RunAsync();

        Assert.Equal((251, 5), (run.Ledger.NotInKlaviyo, run.Ledger.Accepted));
        Assert.Equal(before, Profiles(bench));
    }

    [Fact]
    public async Task Members_keep_their_order_and_their_counts_when_many_calls_are_on_their_way_at_once()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2_345));
        bench.Sandbox.State.AddProfiles(
            Enumerable
                .Range(0, 2_345)
                .Where(n => n % 3 == 0)
                .Select(n => new ProfileSeed($"c{n}@shop.example", "A", "B", SandboxConsent.Subscribed))
        );
        await ChooseAsync(bench, new() { OnlySubscribed = true });

        var run = await bench.RunAsync();

        Assert.Equal((782, 1_563), (run.Ledger.Accepted, run.Ledger.NotInKlaviyo));
        var looked = bench.Sandbox.State.Requests.Count(request => request.Path.StartsWith("/api/profiles", StringComparison.Ordinal));
        Assert.Equal(24, looked);
    }

    [Fact]
    public async Task A_mirror_export_takes_off_whom_its_audience_leaves_out_now()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3), SyncMode.Mirror);
        await ChooseAsync(bench, new() { LeaveOutSuppressed = true });
        await bench.RunAsync();
        bench.Sandbox.State.AddProfiles([new ProfileSeed("c1@shop.example", "Name 1", "", SandboxConsent.Unsubscribed)]);

        var run = await bench.RunAsync();

        Assert.Equal((2, 1, 1, 1), (run.Ledger.Unchanged, run.Ledger.Suppressed, run.Ledger.Leaving, run.Ledger.Removed));
        Assert.Equal(["c0@shop.example", "c2@shop.example"], bench.OnList());
    }

    [Fact]
    public async Task A_mirror_export_whose_audience_leaves_everybody_out_does_not_empty_the_list()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3), SyncMode.Mirror);
        await bench.RunAsync();
        await ChooseAsync(bench, new() { OnlySubscribed = true });

        var run = await bench.RunAsync();

        Assert.Equal((RunState.FailedPermanent, RunOutcomeKind.WouldEmptyList), (run.State, run.OutcomeKind));
        Assert.Equal(3, bench.OnList().Count);
    }

    [Fact]
    public async Task A_run_whose_audience_leaves_everybody_out_says_so()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        await ChooseAsync(bench, new() { UpdateOnly = true });

        var run = await bench.RunAsync();

        Assert.Equal((RunState.CompletedWithWarnings, RunOutcomeKind.NobodyInAudience), (run.State, run.OutcomeKind));
    }

    [Fact]
    public async Task A_run_waits_while_Klaviyo_cannot_say_who_is_in_the_audience_and_then_counts_everybody_once()
    {
        await using var bench = await Workbench.CreateAsync(People);
        await ChooseAsync(bench, new() { UpdateOnly = true });
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Call = "get_profiles", Status = 503 });

        var waiting = await bench.RunAsync();
        Assert.Equal((RunState.FailedRetrying, RunOutcomeKind.Outage), (waiting.State, waiting.OutcomeKind));
        bench.Sandbox.Faults.Clear();
        var run = await bench.GoOnAsync(waiting.Id);

        Assert.Equal((RunState.Successful, 5, 1), (run.State, run.Ledger.Accepted, run.Ledger.NotInKlaviyo));
        Assert.Single(await bench.RejectionsAsync(run.Id));
    }

    [Fact]
    public void Whom_the_audience_left_out_is_not_sent_again_with_the_rejected_profiles()
    {
        foreach (var reason in Enum.GetValues<RejectionReason>().Where(reason => reason.IsOfAudience()))
            Assert.False(reason.IsRetriable());
    }

    [Fact]
    public async Task A_check_of_the_list_does_not_miss_whom_the_audience_leaves_out()
    {
        await using var bench = await Workbench.CreateAsync(People);
        await ChooseAsync(bench, new() { UpdateOnly = true });
        var run = await bench.RunAsync();
        var checks = bench.Product.Get<ListCheckService>();
        var id = await checks.RequestAsync(Product.Administrator, run.Id, Cancel);

        await bench.Product.Get<ListCheckExecution>().RunAsync(id, CancellationToken.None, Cancel);

        await using var db = await bench.Product.OpenAsync();
        var check = await db.Set<ListCheck>().SingleAsync(check => check.Id == id, Cancel);
        Assert.Equal((5, 0, 0), (check.Expected, check.Missing, check.RemovedByHand));
    }

    private static long Count(List<RejectionRow> rows, RejectionReason reason) => rows.Count(row => row.Reason == reason);

    private static int Profiles(Workbench bench) =>
        bench.Sandbox.State.Overview().Single(account => account.Id == PracticeStore.Id).Profiles;

    private static async Task ChooseAsync(Workbench bench, Audience audience)
    {
        await using var db = await bench.Product.OpenAsync();
        (await db.Set<Export>().SingleAsync(export => export.Id == bench.ExportId, Cancel)).Audience = audience;
        await db.SaveChangesAsync(Cancel);
    }
}
