using KlaviyoExport.Dispatch;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests.Delivery;

namespace KlaviyoExport.Tests.Dispatch;

public sealed class RetryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_rejected_profiles_are_sent_again_with_their_current_values()
    {
        await using var bench = await Workbench.CreateAsync([.. Customer.Many(3), new("m1", "ana at shop", "Ana"), new("m2", null, "Bo")]);
        var first = await bench.RunAsync();
        await bench.ReplaceCustomersAsync([.. Customer.Many(3), new("m1", "ana@shop.example", "Ana"), new("m2", null, "Bo")]);

        var retry = await RetryAsync(bench, first.Id);

        Assert.Equal(
            (first.Id, 2, 1, 1, 1),
            (retry.RetriesRunId, retry.Ledger.Members, retry.Ledger.WithoutEmail, retry.Ledger.Prepared, retry.Ledger.Accepted)
        );
        Assert.True(retry.Ledger.AddsUp);
        Assert.Equal("m2", Assert.Single(await bench.RejectionsAsync(retry.Id)).ProfileKey);
        Assert.Contains("ana@shop.example", bench.OnList());
    }

    [Fact]
    public async Task The_reasons_can_be_chosen_and_are_stored_with_the_run()
    {
        await using var bench = await Workbench.CreateAsync([
            new("m1", "ana at shop", "Ana"),
            new("m2", null, "Bo"),
            new("m3", null, "Cy"),
        ]);
        var first = await bench.RunAsync();

        var retry = await RetryAsync(bench, first.Id, RejectionReason.WithoutEmail);

        Assert.Equal((2, 2), (retry.Ledger.Members, retry.Ledger.WithoutEmail));
        var line = (await bench.Product.Get<RunQueries>().GetAsync(Product.Viewer, retry.Id, Cancel)).Timeline[0].What;
        Assert.Equal(
            $"Sends again the 2 profiles that run {first.Id} rejected (Without email), as they are in the source now.",
            line.ToString()
        );
    }

    [Fact]
    public async Task A_run_links_to_the_last_run_that_resent_its_rejected_profiles()
    {
        await using var bench = await Workbench.CreateAsync([new("m1", "ana at shop", "Ana"), new("m2", null, "Bo")]);
        var first = await bench.RunAsync();
        Assert.Null((await bench.Product.Get<RunQueries>().GetAsync(Product.Viewer, first.Id, Cancel)).RetriedByRunId);

        var retry = await RetryAsync(bench, first.Id, RejectionReason.InvalidEmail);

        Assert.Equal(retry.Id, (await bench.Product.Get<RunQueries>().GetAsync(Product.Viewer, first.Id, Cancel)).RetriedByRunId);
        Assert.Equal([RejectionReason.InvalidEmail], retry.RetriesReasons!);
        Assert.Equal(1, retry.Ledger.Members);
    }

    [Fact]
    public async Task Profiles_that_left_the_segments_are_omitted_and_named()
    {
        await using var bench = await Workbench.CreateAsync([
            .. Customer.Many(1),
            new("m1", "ana at shop", "Ana"),
            new("m2", "bo at shop", "Bo"),
        ]);
        var first = await bench.RunAsync();
        await bench.ReplaceCustomersAsync([.. Customer.Many(1), new("m1", "ana@shop.example", "Ana")]);

        var retry = await RetryAsync(bench, first.Id);

        Assert.Equal((1, 1), (retry.Ledger.Members, retry.Ledger.Accepted));
        Assert.Contains(
            new LocalizedMessage("Delivery.RetryLeftOut", 1, "m2"),
            (await bench.Product.Get<RunQueries>().GetAsync(Product.Viewer, retry.Id, Cancel))
                .Timeline.Select(line => LocalizedMessage.FromJson(line.What.ToJson()))
                .Select(Whole)
        );
    }

    [Fact]
    public async Task A_run_without_members_says_so()
    {
        await using var bench = await Workbench.CreateAsync([.. Customer.Many(1), new("m1", "ana at shop", "Ana")]);
        var first = await bench.RunAsync();
        await bench.ReplaceCustomersAsync(Customer.Many(1));

        var retry = await RetryAsync(bench, first.Id);

        Assert.Equal(
            (RunState.CompletedWithWarnings, "Delivery.NobodyToRetry", 0),
            (retry.State, retry.Outcome!.Code, retry.Ledger.Members)
        );
    }

    [Fact]
    public async Task Resending_rejected_profiles_of_a_mirror_removes_nobody_and_its_profiles_can_be_removed_later()
    {
        await using var bench = await Workbench.CreateAsync([.. Customer.Many(3), new("m1", "ana at shop", "Ana")], SyncMode.Mirror);
        var first = await bench.RunAsync();
        await bench.ReplaceCustomersAsync([.. Customer.Many(2), new("m1", "ana@shop.example", "Ana")]);

        var retry = await RetryAsync(bench, first.Id);
        Assert.Equal((0, 0, 1), (retry.Ledger.Leaving, retry.Ledger.Removed, retry.Ledger.Accepted));
        Assert.Equal(["ana@shop.example", "c0@shop.example", "c1@shop.example", "c2@shop.example"], bench.OnList());

        await bench.ReplaceCustomersAsync(Customer.Many(2));
        var next = await bench.RunAsync();
        Assert.Equal((2, 2), (next.Ledger.Leaving, next.Ledger.Removed));
        Assert.Equal(["c0@shop.example", "c1@shop.example"], bench.OnList());
    }

    [Fact]
    public async Task A_rejected_duplicate_that_is_sent_again_stays_a_duplicate()
    {
        await using var bench = await Workbench.CreateAsync(
            [new("a", "ana@shop.example", "First"), new("b", "ANA@shop.example", "Second")],
            SyncMode.Incremental
        );
        var first = await bench.RunAsync();

        var retry = await RetryAsync(bench, first.Id);
        var next = await bench.RunAsync();

        Assert.Equal((1, 1, 0), (retry.Ledger.Members, retry.Ledger.Duplicate, retry.Ledger.Prepared));
        Assert.Equal("a", Assert.Single(await bench.RejectionsAsync(retry.Id)).Detail);
        Assert.Equal((1, 1), (next.Ledger.Unchanged, next.Ledger.Duplicate));
    }

    [Fact]
    public async Task Profiles_delivered_by_a_resend_are_unchanged_for_the_next_incremental_run()
    {
        await using var bench = await Workbench.CreateAsync([.. Customer.Many(2), new("m1", "ana at shop", "Ana")], SyncMode.Incremental);
        var first = await bench.RunAsync();
        await bench.ReplaceCustomersAsync([.. Customer.Many(2), new("m1", "ana@shop.example", "Ana")]);
        await RetryAsync(bench, first.Id);

        Assert.Equal((3, 0), ((await bench.RunAsync()).Ledger.Unchanged, (await RetryAsync(bench, first.Id)).Ledger.Prepared));
    }

    [Fact]
    public async Task A_resumed_resend_sends_the_same_profiles()
    {
        await using var bench = await Workbench.CreateAsync([.. Customer.Many(2), new("m1", "ana at shop", "Ana")]);
        var first = await bench.RunAsync();
        await bench.ReplaceCustomersAsync([.. Customer.Many(2), new("m1", "ana@shop.example", "Ana")]);
        var id = await QueueAsync(bench, first.Id);
        await using (var db = await bench.Product.OpenAsync())
        {
            // The state after a process was killed while it read.
            var run = await db.Set<Run>().FindAsync([id], Cancel);
            run!.MoveTo(RunState.Preparing);
            db.Set<Rejection>()
                .Add(
                    new Rejection
                    {
                        RunId = id,
                        Ordinal = 0,
                        ProfileKey = "half",
                        Reason = RejectionReason.InvalidEmail,
                    }
                );
            await db.SaveChangesAsync(Cancel);
        }

        var retry = await bench.GoOnAsync(id);

        Assert.Equal((1, 1), (retry.Ledger.Members, retry.Ledger.Accepted));
        Assert.Empty(await bench.RejectionsAsync(id));
    }

    [Fact]
    public async Task A_run_that_cannot_be_resent_is_refused_with_the_reason()
    {
        await using var bench = await Workbench.CreateAsync([.. Customer.Many(1), new("m1", "ana at shop", "Ana")]);
        var open = await bench.QueueAsync();
        Assert.Equal("Delivery.RetryTooEarly", await RefusalAsync(bench, open));
        var first = await bench.GoOnAsync(open);

        Assert.Equal("Delivery.NothingToRetry", await RefusalAsync(bench, first.Id, RejectionReason.Refused));
        Assert.Equal("Delivery.NothingToRetry", await RefusalAsync(bench, first.Id, RejectionReason.KeptOnList));
        Assert.Equal("Delivery.RunGone", await RefusalAsync(bench, 999));
        await bench.QueueAsync();
        Assert.Equal("Delivery.RetryWhileRunning", await RefusalAsync(bench, first.Id));
    }

    [Fact]
    public async Task A_double_click_makes_one_retry()
    {
        await using var bench = await Workbench.CreateAsync([new("m1", "ana at shop", "Ana")]);
        var first = await bench.RunAsync();

        Assert.Equal(await QueueAsync(bench, first.Id), await QueueAsync(bench, first.Id));
    }

    // Values are read from the store as they were written, so numbers may have another type.
    private static LocalizedMessage Whole(LocalizedMessage message) =>
        new(message.Code, [.. message.Arguments.Select(argument => argument is long number ? (int)number : argument)]);

    private static Task<int> QueueAsync(Workbench bench, int runId, params RejectionReason[] reasons) =>
        bench.Product.Get<RunService>().RetryRejectedAsync(Product.Operator, runId, reasons.Length == 0 ? null : reasons, Cancel);

    private static async Task<Run> RetryAsync(Workbench bench, int runId, params RejectionReason[] reasons) =>
        await bench.GoOnAsync(await QueueAsync(bench, runId, reasons));

    private static async Task<string> RefusalAsync(Workbench bench, int runId, params RejectionReason[] reasons) =>
        (await Assert.ThrowsAnyAsync<LocalizedException>(() => QueueAsync(bench, runId, reasons))).LocalizedMessage.Code;
}
