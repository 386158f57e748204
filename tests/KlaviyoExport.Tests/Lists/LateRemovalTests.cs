using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Tests.Lists;

/// <summary>A check finds somebody off the list while a run is prepared and waits.</summary>
public class LateRemovalTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WhenRemovedByHand.Respect, "acdefgh", 1, 7)]
    [InlineData(WhenRemovedByHand.PutBack, "abcdefgh", 0, 8)]
    public async Task An_approved_run_treats_a_person_as_the_export_says(
        WhenRemovedByHand rule,
        string onList,
        long respected,
        long accepted
    )
    {
        await using var bench = await BenchAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abc");
        await bench.ChangeAsync(export, stored => stored.ListRules = new ListRules { WhenRemovedByHand = rule });
        var first = await bench.RunAsync(export);
        await bench.RenamedAsync("First", "abcdefgh");
        var waiting = await bench.RunAsync(export);
        Assert.Equal((RunState.NeedsApproval, 8), (waiting.State, waiting.Ledger.Prepared));
        await bench.TakeOffAsync("b");
        Assert.Equal(1, (await bench.CheckAsync(first.Id)).RemovedByHand);

        var run = await bench.ApproveAsync(waiting.Id);

        Assert.Equal((onList, true), (bench.OnList(), run.Ledger.AddsUp));
        Assert.Equal((respected, accepted), (run.Ledger.Respected, run.Ledger.Accepted));
        Assert.NotEqual(RunState.FailedPermanent, run.State);
        var named = (
            await bench.Product.Get<RejectionService>().ListAsync(Product.Administrator, run.Id, new RejectionQuery(), Cancel)
        ).Rows;
        Assert.Equal(respected, named.Count(row => (row.Reason, row.ProfileKey) == (RejectionReason.RemovedByHand, "key-b")));
    }

    [Fact]
    public async Task A_run_whose_batches_were_not_sent_leaves_out_whom_the_check_of_another_export_has_found_off()
    {
        await using var bench = await BenchAsync();
        var other = await bench.AddAsync("Other", SyncMode.Full, "b");
        var checkedRun = await bench.RunAsync(other);
        var export = await bench.AddAsync("First", SyncMode.Mirror, "b");
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Call = "bulk_import_profiles", Status = 429 });
        var waiting = await bench.RunAsync(export);
        bench.Sandbox.Faults.Clear();
        Assert.Equal(RunState.FailedRetrying, waiting.State);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(checkedRun.Id);

        var run = await bench.ResumeAsync(waiting.Id);

        Assert.Equal(("", 0, 1, true), (bench.OnList(), run.Ledger.Prepared, run.Ledger.Respected, run.Ledger.AddsUp));
        Assert.NotEqual(RunState.FailedPermanent, run.State);
    }

    [Fact]
    public async Task A_person_whom_a_waiting_run_would_take_off_stays_off_after_returning_to_the_segments()
    {
        await using var bench = await BenchAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abcd");
        var first = await bench.RunAsync(export);
        await bench.NowAsync("First", "a");
        var waiting = await bench.RunAsync(export);
        Assert.Equal(RunState.NeedsApproval, waiting.State);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(first.Id);
        var approved = await bench.ApproveAsync(waiting.Id);
        Assert.Equal((RunState.Successful, 2, 1), (approved.State, approved.Ledger.Removed, approved.Ledger.AlreadyOff));
        await bench.NowAsync("First", "ab");

        var run = await bench.RunAsync(export);

        Assert.Equal(("a", 1), (bench.OnList(), run.Ledger.Respected));
    }

    private static Task<SharedListBench> BenchAsync() =>
        SharedListBench.CreateAsync(new() { ["Delivery:Approval:AtLeast"] = "2", ["Klaviyo:Retry:Tries"] = "2" });
}
