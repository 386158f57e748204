using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Lists;

/// <summary>Exports to one list whose runs wait, are stopped, lose answers or follow an upgrade.</summary>
public class StoppedRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task<SharedListBench> BenchAsync(string atLeast = "1000") =>
        SharedListBench.CreateAsync(new() { ["Delivery:Approval:AtLeast"] = atLeast, ["Klaviyo:Retry:Tries"] = "2" });

    [Fact]
    public async Task A_mirror_that_has_let_a_person_go_makes_others_forget_that_the_person_was_taken_off_in_Klaviyo()
    {
        await using var bench = await BenchAsync();
        var holder = await bench.AddAsync("Holder", SyncMode.Full, "abc");
        var mirror = await bench.AddAsync("Mirror", SyncMode.Mirror, "ab");
        var first = await bench.RunAsync(holder);
        await bench.RunAsync(mirror);
        // b leaves the mirror and is kept for the holder.
        await bench.NowAsync("Mirror", "a");
        Assert.Equal(1, (await bench.RunAsync(mirror)).Ledger.KeptForOthers);
        // Somebody takes b off; a check of the holder notices it.
        await bench.TakeOffAsync("b");
        Assert.Equal(1, (await bench.CheckAsync(first.Id)).RemovedByHand);

        await bench.RunAsync(mirror);
        var run = await bench.RunAsync(holder);

        Assert.Equal(("ac", 1), (bench.OnList(), run.Ledger.Respected));
    }

    [Fact]
    public async Task Two_mirrors_let_a_person_go_while_the_run_of_one_waits_for_a_retry()
    {
        await using var bench = await BenchAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var second = await bench.AddAsync("Second", SyncMode.Mirror, "ab");
        await bench.RunAsync(first);
        await bench.RunAsync(second);
        await bench.NowAsync("First", "a");
        await bench.NowAsync("Second", "a");
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Membership>().Where(row => row.ExportId == first).CountAsync(Cancel);
        // First lets b go, but Second still holds b, so Second is asked for the fate: Klaviyo is down at that moment.
        Assert.Equal(1, (await bench.RunAsync(first)).Ledger.KeptForOthers);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Call = "get_profiles_for_list", Status = 503 });
        var interrupted = await bench.RunAsync(second);
        Assert.Equal(RunState.FailedRetrying, interrupted.State);
        bench.Sandbox.Faults.Clear();
        // In the meantime, First takes b off.
        Assert.Equal(1, (await bench.RunAsync(first)).Ledger.Removed);

        await bench.Product.Get<RunExecution>().RunAsync(interrupted.Id, Cancel);
        var run = await bench.Product.FindRunAsync(interrupted.Id);

        Assert.Equal((RunState.Successful, 0), (run.State, run.Ledger.Unsettled));
    }

    [Fact]
    public async Task A_mirror_whose_only_member_is_respected_does_not_fail_when_nobody_would_be_removed()
    {
        await using var bench = await BenchAsync();
        var mirror = await bench.AddAsync("Mirror", SyncMode.Mirror, "ab");
        var other = await bench.AddAsync("Other", SyncMode.Full, "b");
        await bench.RunAsync(other);
        await bench.RunAsync(mirror);
        await bench.NowAsync("Mirror", "a");
        var run = await bench.RunAsync(mirror);
        await bench.TakeOffAsync("a");
        await bench.CheckAsync(run.Id);

        var next = await bench.RunAsync(mirror);

        Assert.Equal((RunState.Successful, 1), (next.State, next.Ledger.Respected));
    }

    [Fact]
    public async Task The_first_mirror_run_of_an_export_that_was_full_warns()
    {
        await using var bench = await BenchAsync();
        var export = await bench.AddAsync("First", SyncMode.Full, "a");
        await bench.RunAsync(export);
        await bench.JoinAsync("xw");
        var exports = bench.Product.Get<ExportService>();
        var draft = (await exports.GetAsync(Product.Administrator, export, Cancel)).Draft;
        await exports.SaveAsync(Product.Administrator, draft with { SyncMode = SyncMode.Mirror }, Cancel);

        var run = await bench.RunAsync(export);

        await using var db = await bench.Product.OpenAsync();
        Assert.Contains(
            "Delivery.MirrorStrangers",
            (await db.Set<RunEvent>().Where(line => line.RunId == run.Id).Select(line => line.What).ToListAsync(Cancel)).Select(what =>
                what.Code
            )
        );
    }

    [Theory]
    [InlineData("nothing: the control")]
    [InlineData("mode changed")]
    [InlineData("rejections sent again")]
    [InlineData("canceled")]
    public async Task Nobody_leaves_as_long_as_it_is_unknown_whom_a_full_export_of_an_older_version_holds(string how)
    {
        await using var bench = await BenchAsync();
        var full = await bench.AddAsync("Full", SyncMode.Full, "bcz");
        var mirror = await bench.AddAsync("Mirror", SyncMode.Mirror, "abc");
        // The mirror put all of them on the list, the full export holds b and c too.
        await bench.RunAsync(mirror);
        var old = await bench.RunAsync(full);
        await ForgetWindowsAsync(bench);
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<Membership>().Where(row => row.ExportId == full).ExecuteDeleteAsync(Cancel);
        if (how == "mode changed")
        {
            var exports = bench.Product.Get<ExportService>();
            var draft = (await exports.GetAsync(Product.Administrator, full, Cancel)).Draft;
            await exports.SaveAsync(Product.Administrator, draft with { SyncMode = SyncMode.Incremental }, Cancel);
        }
        else if (how == "rejections sent again")
        {
            var id = await bench
                .Product.Get<RunService>()
                .RetryRejectedAsync(Product.Administrator, old.Id, [RejectionReason.Refused], Cancel);
            bench.Pass();
            await bench.Product.Get<RunExecution>().RunAsync(id, Cancel);
            bench.Pass();
        }
        else if (how == "canceled")
        {
            bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Call = "bulk_import_profiles", Status = 429 });
            await bench.NowAsync("Full", "bczd");
            var started = await bench.RunAsync(full);
            bench.Sandbox.Faults.Clear();
            await bench.Product.Get<RunService>().CancelAsync(Product.Administrator, started.Id, Cancel);
            await bench.Product.Get<RunExecution>().RunAsync(started.Id, Cancel);
            bench.Pass();
        }
        await bench.NowAsync("Mirror", "a");

        var run = await bench.RunAsync(mirror);

        Assert.Equal(("abc", 0, 2), (bench.OnList(), run.Ledger.Removed, run.Ledger.KeptForOthers));
    }

    [Fact]
    public async Task A_person_found_off_while_a_run_waits_for_approval_is_respected_after_returning_to_the_segments()
    {
        await using var bench = await BenchAsync("2");
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abcd");
        var first = await bench.RunAsync(export);
        await bench.NowAsync("First", "a");
        var waiting = await bench.RunAsync(export);
        Assert.Equal(RunState.NeedsApproval, waiting.State);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(first.Id);
        await bench.Product.Get<RunService>().ApproveAsync(Product.Administrator, waiting.Id, Cancel);
        await bench.Product.Get<RunExecution>().RunAsync(waiting.Id, Cancel);
        await bench.NowAsync("First", "ab");

        var run = await bench.RunAsync(export);

        Assert.Equal(("a", 1), (bench.OnList(), run.Ledger.Respected));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // the control
    public async Task People_leave_whom_a_batch_put_on_the_list_whose_answer_was_lost_when_the_clock_is_ahead(bool isLost)
    {
        await using var bench = await SharedListBench.CreateAsync(new() { ["Klaviyo:Retry:Tries"] = "2" }, ahead: TimeSpan.FromSeconds(30));
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        if (isLost)
            bench.Sandbox.Faults.Add(new Fault(FaultKind.LoseAnswer) { Call = "bulk_import_profiles", Times = 1 });
        Assert.Equal(2, (await bench.RunAsync(export)).Ledger.Accepted);
        await bench.NowAsync("First", "a");

        var run = await bench.RunAsync(export);

        Assert.Equal(("a", 1), (bench.OnList(), run.Ledger.Removed));
    }

    [Fact]
    public async Task A_run_counts_only_whom_it_has_removed_itself()
    {
        await using var bench = await BenchAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        await bench.RunAsync(export);
        await bench.NowAsync("First", "a");
        bench.Sandbox.Faults.Add(new Fault(FaultKind.LoseAnswer) { Call = "remove_profiles_from_list" });
        var run = await bench.RunAsync(export);
        bench.Sandbox.Faults.Clear();
        await bench.Product.Get<RunService>().CancelAsync(Product.Administrator, run.Id, Cancel);
        await bench.Product.Get<RunExecution>().RunAsync(run.Id, Cancel);
        Assert.Equal("a", bench.OnList());

        var next = await bench.RunAsync(export);

        Assert.Equal((0, 1), (next.Ledger.Removed, next.Ledger.AlreadyOff));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // the control
    public async Task Whoever_was_on_the_list_before_a_batch_whose_answer_was_lost_stays_when_the_clock_is_behind(bool isLost)
    {
        await using var bench = await SharedListBench.CreateAsync(
            new() { ["Klaviyo:Retry:Tries"] = "2" },
            ahead: TimeSpan.FromSeconds(-30)
        );
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        await bench.JoinAsync("b");
        bench.Pass(TimeSpan.FromSeconds(10));
        if (isLost)
            bench.Sandbox.Faults.Add(new Fault(FaultKind.LoseAnswer) { Call = "bulk_import_profiles", Times = 1 });
        Assert.Equal(2, (await bench.RunAsync(export)).Ledger.Accepted);
        await bench.NowAsync("First", "a");

        var run = await bench.RunAsync(export);

        Assert.Equal(("ab", 1), (bench.OnList(), run.Ledger.KeptFromBefore));
    }

    [Fact]
    public async Task A_canceled_run_does_not_count_people_as_kept_whom_it_has_not_let_go()
    {
        await using var bench = await BenchAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var second = await bench.AddAsync("Second", SyncMode.Full, "b");
        await bench.RunAsync(first);
        await bench.RunAsync(second);
        await bench.NowAsync("First", "ac");
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Call = "get_bulk_import_profiles_job", Status = 503 });
        var run = await bench.RunAsync(first);
        bench.Sandbox.Faults.Clear();
        await bench.Product.Get<RunService>().CancelAsync(Product.Administrator, run.Id, Cancel);
        await bench.Product.Get<RunExecution>().RunAsync(run.Id, Cancel);

        var canceled = await bench.Product.FindRunAsync(run.Id);

        Assert.Equal((RunState.Canceled, 0, 1), (canceled.State, canceled.Ledger.KeptForOthers, canceled.Ledger.Unsettled));
    }

    [Fact]
    public async Task Addresses_are_stored_for_mirror_exports_only_and_who_leaves_before_the_first_mirror_run_stays()
    {
        await using var bench = await BenchAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abc");
        await bench.RunAsync(export);
        await SetModeAsync(bench, export, SyncMode.Incremental);
        await bench.RunAsync(export);
        int stored;
        await using (var db = await bench.Product.OpenAsync())
            stored = await db.Set<Membership>().CountAsync(row => row.Email != null, Cancel);
        await bench.NowAsync("First", "ab");
        await bench.RunAsync(export);
        await SetModeAsync(bench, export, SyncMode.Mirror);

        await bench.RunAsync(export);

        Assert.Equal((0, "abc"), (stored, bench.OnList()));
    }

    [Fact]
    public async Task A_run_waiting_for_approval_is_not_a_bug_when_its_leaver_was_taken_off_in_Klaviyo()
    {
        await using var bench = await BenchAsync("2");
        var first = await bench.AddAsync("First", SyncMode.Mirror, "abcd");
        var second = await bench.AddAsync("Second", SyncMode.Mirror, "ab");
        await bench.RunAsync(first);
        await bench.RunAsync(second);
        await bench.NowAsync("Second", "a");
        var kept = await bench.RunAsync(second);
        Assert.Equal(1, kept.Ledger.KeptForOthers);
        await bench.NowAsync("First", "a");
        var waiting = await bench.RunAsync(first);
        Assert.Equal(RunState.NeedsApproval, waiting.State);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(kept.Id);
        await bench.RunAsync(second);
        await bench.Product.Get<RunService>().ApproveAsync(Product.Administrator, waiting.Id, Cancel);
        await bench.Product.Get<RunExecution>().RunAsync(waiting.Id, Cancel);
        var run = await bench.Product.FindRunAsync(waiting.Id);

        Assert.Equal((RunState.Successful, 0), (run.State, run.Ledger.Unsettled));
    }

    [Fact]
    public async Task A_run_that_was_canceled_has_not_let_anybody_go()
    {
        await using var bench = await BenchAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var second = await bench.AddAsync("Second", SyncMode.Mirror, "ab");
        await bench.RunAsync(first);
        await bench.RunAsync(second);
        // Second has let b go, First still holds b.
        await bench.NowAsync("Second", "a");
        Assert.Equal(1, (await bench.RunAsync(second)).Ledger.KeptForOthers);
        // The source of First is broken for a while: its run would take b off. Klaviyo is down, and somebody cancels the run.
        await bench.NowAsync("First", "a");
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Call = "get_profiles_for_list", Status = 503 });
        var run = await bench.RunAsync(first);
        Assert.Equal(RunState.FailedRetrying, run.State);
        bench.Sandbox.Faults.Clear();
        await bench.Product.Get<RunService>().CancelAsync(Product.Administrator, run.Id, Cancel);
        await bench.Product.Get<RunExecution>().RunAsync(run.Id, Cancel);
        Assert.Equal(RunState.Canceled, (await bench.Product.FindRunAsync(run.Id)).State);
        await bench.NowAsync("First", "ab");

        await bench.RunAsync(second);

        Assert.Equal("ab", bench.OnList());
    }

    [Fact]
    public async Task A_canceled_run_that_took_people_off_can_be_undone()
    {
        await using var bench = await BenchAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        await bench.RunAsync(export);
        await bench.NowAsync("First", "a");
        bench.Sandbox.Faults.Add(new Fault(FaultKind.LoseAnswer) { Call = "remove_profiles_from_list" });
        var run = await bench.RunAsync(export);
        Assert.Equal((RunState.FailedRetrying, "a"), (run.State, bench.OnList()));
        bench.Sandbox.Faults.Clear();
        await bench.Product.Get<RunService>().CancelAsync(Product.Administrator, run.Id, Cancel);
        await bench.Product.Get<RunExecution>().RunAsync(run.Id, Cancel);
        bench.Pass();
        Assert.Equal(RunState.Canceled, (await bench.Product.FindRunAsync(run.Id)).State);

        var preview = await bench.Product.Get<RunService>().PreviewUndoAsync(Product.Administrator, run.Id, Cancel);

        Assert.Null(preview.Refusal?.Code);
    }

    private static async Task SetModeAsync(SharedListBench bench, int export, SyncMode mode)
    {
        var exports = bench.Product.Get<ExportService>();
        var draft = (await exports.GetAsync(Product.Administrator, export, Cancel)).Draft;
        await exports.SaveAsync(Product.Administrator, draft with { SyncMode = mode }, Cancel);
    }

    private static async Task ForgetWindowsAsync(SharedListBench bench)
    {
        await using var db = await bench.Product.OpenAsync();
        foreach (var row in await db.Set<Membership>().ToListAsync(Cancel))
            (row.FirstFrom, row.FirstUntil, row.LastFrom, row.LastUntil) = (null, null, null, null);
        foreach (var batch in await db.Set<Batch>().ToListAsync(Cancel))
            (batch.WindowFrom, batch.WindowUntil) = (null, null);
        await db.SaveChangesAsync(Cancel);
    }
}
