using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Tests.Lists;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Dispatch;

/// <summary>Runs that undo others and are held up, retried or canceled.</summary>
public class InterruptedUndoTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("get_profiles_for_list", FaultKind.Status)]
    [InlineData("remove_profiles_from_list", FaultKind.LoseAnswer)]
    [InlineData("remove_profiles_from_list", FaultKind.Status)]
    [InlineData("add_profiles_to_list", FaultKind.LoseAnswer)]
    [InlineData("add_profiles_to_list", FaultKind.Status)]
    public async Task An_interrupted_undo_resumes_with_the_same_result(string call, FaultKind fault)
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abc");
        await bench.RunAsync(export);
        await bench.NowAsync("First", "abx");
        var run = await bench.RunAsync(export);
        bench.Sandbox.Faults.Add(new Fault(fault) { Call = call, Status = 503 });
        var undo = await bench.UndoAsync(run.Id);
        Assert.Equal(RunState.FailedRetrying, undo.State);
        bench.Sandbox.Faults.Clear();

        undo = await bench.ExecuteAsync(undo.Id);

        Assert.Equal((RunState.Successful, 1, 1), (undo.State, undo.Ledger.Removed, undo.Ledger.PutBack));
        Assert.Equal("abc", bench.OnList());
        await bench.NowAsync("First", "ab");
        await bench.RunAsync(export);
        Assert.Equal("ab", bench.OnList());
    }

    [Fact]
    public async Task An_undo_is_refused_when_another_run_has_worked_on_the_list_since_it_was_queued()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var first = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var second = await bench.AddAsync("Second", SyncMode.Mirror, "ad");
        await bench.RunAsync(first);
        await bench.NowAsync("First", "ac");
        var run = await bench.RunAsync(first);
        var queued = await bench.Product.QueueAsync(second);
        var undoId = await bench.Runs().UndoAsync(Product.Operator, run.Id, Cancel);
        await bench.ExecuteAsync(queued);

        var undo = await bench.ExecuteAsync(undoId);

        Assert.Equal((RunState.FailedPermanent, RunOutcomeKind.UndoRefused), (undo.State, undo.OutcomeKind));
        Assert.Equal(("Delivery.NotUndone", "acd"), (undo.Outcome?.Code, bench.OnList()));
    }

    [Fact]
    public async Task People_whom_a_canceled_undo_may_have_taken_off_are_sent_again()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Incremental, "ab");
        await bench.RunAsync(export);
        await bench.NowAsync("First", "abcd");
        var run = await bench.RunAsync(export);
        bench.Sandbox.Faults.Add(new Fault(FaultKind.LoseAnswer) { Call = "remove_profiles_from_list" });
        var undo = await bench.UndoAsync(run.Id);
        Assert.Equal((RunState.FailedRetrying, "ab"), (undo.State, bench.OnList()));
        bench.Sandbox.Faults.Clear();
        Assert.Equal(RunState.Canceled, (await bench.CancelAsync(undo.Id)).State);

        var next = await bench.RunAsync(export);

        Assert.Equal(("abcd", 2), (bench.OnList(), next.Ledger.Unchanged));
    }

    [Fact]
    public async Task Nothing_says_that_an_undo_took_somebody_off_before_it_has_started_to()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var run = await bench.RunAsync(await bench.AddAsync("First", SyncMode.Full, "ab"));
        // The list is read once to find who joined it, and then again.
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Call = "get_profiles_for_list",
                After = 1,
                Status = 503,
            }
        );
        var undo = await bench.UndoAsync(run.Id);
        Assert.Equal((RunState.FailedRetrying, Stage.Remove), (undo.State, undo.Stage));
        Assert.False(await bench.SaysTakenOffAsync('a'));

        undo = await bench.CancelAsync(undo.Id);

        Assert.Equal((RunState.Canceled, 2, 2), (undo.State, undo.Ledger.Leaving, undo.Ledger.Unsettled));
        await using var db = await bench.Product.OpenAsync();
        Assert.Empty(await db.Set<RemovedMember>().ToListAsync(Cancel));
    }

    [Theory]
    [InlineData("get_profiles_for_list", false, "ab", 0, 1)]
    [InlineData("get_profiles_for_list", true, "abc", 1, 0)]
    [InlineData("remove_profiles_from_list", false, "ab", 0, 1)]
    [InlineData("remove_profiles_from_list", true, "abc", 1, 0)]
    public async Task An_undo_that_waited_leaves_people_alone_who_have_changed_the_list_since(
        string call,
        bool joinsAgain,
        string onList,
        int keptFromBefore,
        int alreadyOff
    )
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Full, "ab");
        await bench.RunAsync(export);
        await bench.NowAsync("First", "abcd");
        var run = await bench.RunAsync(export);
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Call = call,
                After = call == "get_profiles_for_list" ? 1 : 0,
                Status = 503,
            }
        );
        var undo = await bench.UndoAsync(run.Id);
        Assert.Equal(RunState.FailedRetrying, undo.State);
        bench.Sandbox.Faults.Clear();
        await bench.TakeOffAsync("c");
        if (joinsAgain)
            await bench.JoinAsync("c");

        undo = await bench.ExecuteAsync(undo.Id);

        Assert.Equal((RunState.Successful, onList, 2, 1), (undo.State, bench.OnList(), undo.Ledger.Leaving, undo.Ledger.Removed));
        Assert.Equal((keptFromBefore, alreadyOff), (undo.Ledger.KeptFromBefore, undo.Ledger.AlreadyOff));
        Assert.Equal((false, true), (await bench.SaysTakenOffAsync('c'), await bench.SaysTakenOffAsync('d')));
    }

    [Fact]
    public async Task Somebody_who_joins_again_while_the_removal_is_retried_stays()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var run = await bench.RunAsync(await bench.AddAsync("First", SyncMode.Full, "ab"));
        bench.Sandbox.Faults.Add(new Fault(FaultKind.LoseAnswer) { Call = "remove_profiles_from_list" });
        var undo = await bench.UndoAsync(run.Id);
        Assert.Equal((RunState.FailedRetrying, ""), (undo.State, bench.OnList()));
        bench.Sandbox.Faults.Clear();
        await bench.JoinAsync("b");

        undo = await bench.ExecuteAsync(undo.Id);

        Assert.Equal(("b", 1, 1), (bench.OnList(), undo.Ledger.Removed, undo.Ledger.KeptFromBefore));
    }

    [Fact]
    public async Task A_canceled_undo_counts_and_holds_whom_it_has_put_back()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        await bench.RunAsync(export);
        await bench.NowAsync("First", "a");
        var run = await bench.RunAsync(export);
        Assert.Equal("a", bench.OnList());
        bench.Pass();
        var id = await bench.Runs().UndoAsync(Product.Operator, run.Id, Cancel);
        // Klaviyo does not answer who is on the list again, and somebody cancels.
        bench.Sandbox.Faults.Add(
            new Fault(FaultKind.Delay)
            {
                Call = "get_profiles_for_list",
                After = 1,
                DelayMs = 600_000,
            }
        );
        var execution = Task.Run(() => bench.ExecuteAsync(id), Cancel);
        await Patience.UntilAsync(() => bench.OnList() == "ab");
        await bench.Runs().CancelAsync(Product.Administrator, id, Cancel);
        var undo = await execution;
        bench.Sandbox.Faults.Clear();

        await bench.RunAsync(export);

        Assert.Equal((RunState.Canceled, 1, "a"), (undo.State, undo.Ledger.PutBack, bench.OnList()));
    }
}
