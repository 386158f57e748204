using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Lists;

/// <summary>What happens after somebody has changed a list in Klaviyo.</summary>
public class ListDriftTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SyncMode.Full)]
    [InlineData(SyncMode.Incremental)]
    [InlineData(SyncMode.Mirror)]
    public async Task A_person_taken_off_in_Klaviyo_stays_off_and_is_counted_and_named(SyncMode mode)
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", mode, "abc");
        var first = await bench.RunAsync(export);
        await bench.TakeOffAsync("b");

        var check = await bench.CheckAsync(first.Id);
        var run = await bench.RunAsync(export);

        Assert.Equal((0, 1), (check.Missing, check.RemovedByHand));
        Assert.Equal(("ac", 1, true), (bench.OnList(), run.Ledger.Respected, run.Ledger.AddsUp));
        var named = Assert.Single(
            (await bench.Product.Get<RejectionService>().ListAsync(Product.Administrator, run.Id, new RejectionQuery(), Cancel)).Rows
        );
        Assert.Equal((RejectionReason.RemovedByHand, "key-b"), (named.Reason, named.ProfileKey));
        // A changed value does not put the person back either, nor does leaving the segments for a while.
        await bench.NowAsync("First", "ac");
        await bench.RunAsync(export);
        await bench.RenamedAsync("First", "abc");
        await bench.RunAsync(export);
        Assert.Equal("ac", bench.OnList());
    }

    [Fact]
    public async Task A_person_taken_off_in_Klaviyo_is_put_back_when_the_export_says_so()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abc");
        var other = await bench.AddAsync("Other", SyncMode.Mirror, "b");
        await bench.ChangeAsync(export, stored => stored.ListRules = new ListRules { WhenRemovedByHand = WhenRemovedByHand.PutBack });
        await bench.RunAsync(other);
        var first = await bench.RunAsync(export);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(first.Id);

        var run = await bench.RunAsync(export);

        Assert.Equal(("abc", 1, 0), (bench.OnList(), run.Ledger.Accepted, run.Ledger.Respected));
        // The person is ours again, and the other export, which respects removals, holds the person as before.
        Assert.Equal(1, (await bench.RunAsync(other)).Ledger.Unchanged);
        await bench.NowAsync("First", "ac");
        await bench.NowAsync("Other", "a");
        await bench.RunAsync(export);
        await bench.RunAsync(other);
        Assert.Equal("ac", bench.OnList());
    }

    [Fact]
    public async Task A_person_taken_off_in_Klaviyo_is_off_for_every_export_to_the_list()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var second = await bench.AddAsync("Second", SyncMode.Mirror, "b");
        await bench.RunAsync(second);
        var run = await bench.RunAsync(first);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(run.Id);
        var third = await bench.AddAsync("Third", SyncMode.Full, "bc");

        Assert.Equal(1, (await bench.RunAsync(second)).Ledger.Respected);
        Assert.Equal(1, (await bench.RunAsync(third)).Ledger.Respected);
        Assert.Equal("ac", bench.OnList());
    }

    [Fact]
    public async Task A_person_who_has_returned_is_treated_as_before()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var first = await bench.RunAsync(export);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(first.Id);
        var second = await bench.RunAsync(export);
        await bench.JoinAsync("b");

        var check = await bench.CheckAsync(second.Id);
        await bench.RenamedAsync("First", "ab");
        var run = await bench.RunAsync(export);

        Assert.Equal("Delivery.CheckSame", check.Outcome!.Code);
        Assert.Equal((2, 0), (run.Ledger.Accepted, run.Ledger.Respected));
        await bench.NowAsync("First", "a");
        Assert.Equal(1, (await bench.RunAsync(export)).Ledger.KeptFromBefore);
        Assert.Equal("ab", bench.OnList());
    }

    [Fact]
    public async Task Members_whom_other_exports_hold_are_not_unexpected()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        await bench.RunAsync(await bench.AddAsync("Second", SyncMode.Full, "bcd"));
        var strangers = bench.Sandbox.State.Members(PracticeStore.WinBack).Count - 3;
        await bench.JoinAsync("x");

        var check = await bench.CheckAsync((await bench.RunAsync(first)).Id);

        Assert.Equal((2, 2, strangers + 1), (check.Expected, check.OfOthers, check.Unexpected));
    }

    [Fact]
    public async Task A_run_that_sends_everything_sends_what_has_not_changed()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abc");
        await bench.RunAsync(export);
        Assert.Equal(3, (await bench.RunAsync(export)).Ledger.Unchanged);
        await bench.TakeOffAsync("b");

        var id = await bench.Product.Get<RunService>().SendEverythingAsync(Product.Operator, export, Cancel);
        await bench.Product.Get<KlaviyoExport.Delivery.RunExecution>().RunAsync(id, Cancel);
        var run = await bench.Product.FindRunAsync(id);

        Assert.Equal(("abc", 0, 3), (bench.OnList(), run.Ledger.Unchanged, run.Ledger.Accepted));
    }

    [Theory]
    [InlineData(VerifyList.OnRequest, 30, 0)]
    [InlineData(VerifyList.Daily, 23, 0)]
    [InlineData(VerifyList.Daily, 25, 1)]
    [InlineData(VerifyList.Weekly, 167, 0)]
    [InlineData(VerifyList.Weekly, 169, 1)]
    public async Task A_list_is_compared_as_often_as_the_export_says(VerifyList verify, int hours, int checks)
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        await bench.ChangeAsync(export, stored => stored.ListRules = new ListRules { Verify = verify });
        var due = bench.Product.Get<DueListChecks>();
        Assert.Equal(0, await due.RequestAsync(Cancel));
        var run = await bench.RunAsync(export);
        await bench.CheckAsync(run.Id);
        bench.Pass(TimeSpan.FromHours(hours));

        Assert.Equal(checks, await due.RequestAsync(Cancel));
        Assert.Equal(0, await due.RequestAsync(Cancel));

        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(checks, await db.Set<ListCheck>().CountAsync(check => check.IsScheduled, Cancel));
    }

    [Fact]
    public async Task A_list_is_not_compared_with_the_people_of_another_list_after_the_export_was_sent_elsewhere()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var moved = await bench.AddAsync("Moved", SyncMode.Mirror, "ab");
        var resident = await bench.AddAsync("Resident", SyncMode.Mirror, "cde", PracticeStore.DoubleOptInList);
        var run = await bench.RunAsync(moved);
        await bench.RunAsync(resident);
        await bench.ChangeAsync(moved, stored => stored.ListRules = new ListRules { Verify = VerifyList.Daily });
        await bench.EditAsync(moved, draft => draft with { ListId = PracticeStore.DoubleOptInList });

        var refused = await Assert.ThrowsAsync<LocalizedException>(() => bench.CheckAsync(run.Id));

        Assert.Equal("Delivery.CheckOtherList", refused.LocalizedMessage.Code);
        Assert.Equal(0, await bench.Product.Get<DueListChecks>().RequestAsync(Cancel));
        await bench.RunAsync(moved);
        Assert.Equal(1, await bench.Product.Get<DueListChecks>().RequestAsync(Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_check_of_an_export_that_is_sent_elsewhere_in_the_meantime_stores_nothing(bool hasBegun)
    {
        await using var bench = await SharedListBench.CreateAsync();
        var moved = await bench.AddAsync("Moved", SyncMode.Mirror, "ab");
        var stays = await bench.AddAsync("Stays", SyncMode.Mirror, "abc");
        var resident = await bench.AddAsync("Resident", SyncMode.Mirror, "cde", PracticeStore.DoubleOptInList);
        await bench.RunAsync(resident);
        await bench.RunAsync(stays);
        var run = await bench.RunAsync(moved);
        await bench.TakeOffAsync("b");
        var checks = bench.Product.Get<ListCheckService>();
        var id = await checks.RequestAsync(Product.Administrator, run.Id, Cancel);
        var execution = Task.CompletedTask;
        if (hasBegun)
        {
            bench.Sandbox.Faults.Add(new Fault(FaultKind.Delay) { Call = "get_profiles_for_list", DelayMs = 2_000 });
            execution = Task.Run(() => ExecuteAsync(), Cancel);
            await Task.Delay(1_000, Cancel);
        }
        await bench.EditAsync(moved, draft => draft with { ListId = PracticeStore.DoubleOptInList });
        await (hasBegun ? execution : ExecuteAsync());

        var check = (await checks.GetAsync(Product.Administrator, run.Id, Cancel)).Check!;

        Assert.Equal((ListCheckState.Failed, false), (check.State, check.AreStored));
        Assert.Contains("another list", check.Outcome!.ToString(), StringComparison.Ordinal);
        await using var db = await bench.Product.OpenAsync();
        Assert.False(await db.Set<Membership>().AnyAsync(row => row.State == MembershipState.RemovedByHand, Cancel));

        Task ExecuteAsync() => bench.Product.Get<ListCheckExecution>().RunAsync(id, CancellationToken.None, Cancel);
    }

    [Fact]
    public async Task Members_whom_the_export_itself_still_holds_are_not_unexpected()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abz");
        var run = await bench.RunAsync(export);
        var before = await bench.CheckAsync(run.Id);
        // b has left the segments, and the next run lets b go.
        await bench.NowAsync("First", "az");

        var after = await bench.CheckAsync(run.Id);

        Assert.Equal((0, 1), (before.OfOthers, after.OfOthers));
        Assert.Equal((before.Unexpected, before.Members), (after.Unexpected, after.Members));
        Assert.Equal(0, after.RefusedOnList);
    }

    [Fact]
    public async Task A_check_after_an_undo_does_not_count_people_as_missing_whom_Klaviyo_refused_in_the_undone_run()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "az");
        await bench.RunAsync(export);
        await bench.NowAsync("First", "abz");
        var run = await bench.RunAsync(export);
        Assert.Equal(0, (await bench.CheckAsync(run.Id)).Missing);

        var undo = await bench.UndoAsync(run.Id);

        // Only b, whom the undo took off.
        Assert.Equal(1, (await bench.CheckAsync(undo.Id)).Missing);
    }

    [Fact]
    public async Task A_person_taken_off_in_Klaviyo_stays_off_after_a_change_of_the_sync_mode()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Incremental, "abc");
        var run = await bench.RunAsync(export);
        await bench.TakeOffAsync("b");
        await bench.EditAsync(export, draft => draft with { SyncMode = SyncMode.Mirror });

        var check = await bench.CheckAsync(run.Id);
        var next = await bench.RunAsync(export);

        Assert.Equal((0, 1), (check.Missing, check.RemovedByHand));
        Assert.Equal(("ac", 1, 2), (bench.OnList(), next.Ledger.Respected, next.Ledger.Accepted));
    }

    [Fact]
    public async Task A_person_who_may_never_have_arrived_is_missing_even_after_a_change_of_the_sync_mode()
    {
        await using var bench = await SharedListBench.CreateAsync(new() { ["Delivery:ResendsOfLostJob"] = "0" });
        var export = await bench.AddAsync("First", SyncMode.Incremental, "ab");
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobCancelled));
        var run = await bench.RunAsync(export);
        bench.Sandbox.Faults.Clear();
        // Klaviyo had added one of them when it canceled the job.
        Assert.Equal((2, "a"), (run.Ledger.Unconfirmed, bench.OnList()));
        await bench.EditAsync(export, draft => draft with { SyncMode = SyncMode.Mirror });

        var check = await bench.CheckAsync(run.Id);
        await bench.RunAsync(export);

        Assert.Equal((1, 0, "ab"), (check.Missing, check.RemovedByHand, bench.OnList()));
    }

    [Fact]
    public async Task A_person_whom_an_undo_put_back_and_somebody_takes_off_stays_off()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abc");
        await bench.RunAsync(export);
        await bench.NowAsync("First", "ac");
        var undo = await bench.UndoAsync((await bench.RunAsync(export)).Id);
        Assert.Equal("abc", bench.OnList());
        await bench.NowAsync("First", "abc");
        await bench.TakeOffAsync("b");

        var check = await bench.CheckAsync(undo.Id);
        await bench.RunAsync(export);

        Assert.Equal((0, 1, "ac"), (check.Missing, check.RemovedByHand, bench.OnList()));
    }

    [Fact]
    public async Task A_run_that_has_not_sent_a_person_does_not_end_that_other_exports_respect_the_removal()
    {
        await using var bench = await SharedListBench.CreateAsync(new() { ["Klaviyo:Retry:Tries"] = "2" });
        var first = await bench.AddAsync("First", SyncMode.Incremental, "abc");
        var second = await bench.AddAsync("Second", SyncMode.Incremental, "ab");
        var run = await bench.RunAsync(first);
        await bench.RunAsync(second);
        await bench.TakeOffAsync("b");
        // A run of Second that sends d waits for a retry while the list of First is checked.
        await bench.NowAsync("Second", "abd");
        bench.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Call = "get_bulk_import_profiles_job", Status = 503 });
        var waiting = await bench.RunAsync(second);
        bench.Sandbox.Faults.Clear();
        Assert.Equal(RunState.FailedRetrying, waiting.State);
        Assert.Equal(1, (await bench.CheckAsync(run.Id)).RemovedByHand);
        await bench.ResumeAsync(waiting.Id);

        var next = await bench.RunAsync(first);

        Assert.Equal(("acd", 1, 2), (bench.OnList(), next.Ledger.Respected, next.Ledger.Unchanged));
    }

    [Fact]
    public async Task A_run_that_may_not_have_put_a_person_back_does_not_end_that_other_exports_respect_the_removal()
    {
        await using var bench = await SharedListBench.CreateAsync(new() { ["Delivery:ResendsOfLostJob"] = "0" });
        var first = await bench.AddAsync("First", SyncMode.Incremental, "ab");
        var second = await bench.AddAsync("Second", SyncMode.Incremental, "abc");
        await bench.ChangeAsync(first, stored => stored.ListRules = new ListRules { WhenRemovedByHand = WhenRemovedByHand.PutBack });
        await bench.RunAsync(second);
        var run = await bench.RunAsync(first);
        await bench.TakeOffAsync("b");
        await bench.CheckAsync(run.Id);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobCancelled));
        var lost = await bench.RunAsync(first);
        bench.Sandbox.Faults.Clear();
        Assert.Equal((1, "ac"), (lost.Ledger.Unconfirmed, bench.OnList()));

        var next = await bench.RunAsync(second);

        Assert.Equal((1, 2), (next.Ledger.Respected, next.Ledger.Unchanged));
    }
}
