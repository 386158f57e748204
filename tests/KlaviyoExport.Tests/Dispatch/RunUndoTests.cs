using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Lists;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Tests.Lists;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Dispatch;

public class RunUndoTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SyncMode.Full)]
    [InlineData(SyncMode.Incremental)]
    public async Task Undo_takes_off_the_list_whom_the_run_added(SyncMode mode)
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", mode, "ab");
        await bench.RunAsync(export);
        await bench.JoinAsync("c");
        await bench.NowAsync("First", "abcd");
        var run = await bench.RunAsync(export);
        Assert.Equal("abcd", bench.OnList());

        var preview = await Runs(bench).PreviewUndoAsync(Product.Operator, run.Id, Cancel);
        var undo = await UndoAsync(bench, run.Id);

        Assert.Equal(new UndoPreview(2, 0, null), preview);
        Assert.Equal(
            (RunState.Successful, RunOutcomeKind.Undone, "abc", 1, 1),
            (undo.State, undo.OutcomeKind, bench.OnList(), undo.Ledger.Leaving, undo.Ledger.Removed)
        );
        // The source was not corrected: the next run delivers the member again.
        await bench.RunAsync(export);
        Assert.Equal("abcd", bench.OnList());
    }

    [Fact]
    public async Task Undo_puts_back_whom_the_run_removed_and_leaves_consent_alone()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abcd");
        await bench.RunAsync(export);
        await bench.NowAsync("First", "abx");
        var run = await bench.RunAsync(export);
        Assert.Equal("abx", bench.OnList());
        var consents = bench.Sandbox.State.Consents();
        // d joins by herself before the undo.
        await bench.JoinAsync("d");

        var preview = await Runs(bench).PreviewUndoAsync(Product.Operator, run.Id, Cancel);
        var undo = await UndoAsync(bench, run.Id);

        Assert.Equal(new UndoPreview(1, 2, null), preview);
        Assert.Equal(("abcd", 1, 2, 1), (bench.OnList(), undo.Ledger.Removed, undo.Ledger.Returning, undo.Ledger.PutBack));
        Assert.Equal(consents, bench.Sandbox.State.Consents());
        // Whoever was put back is ours, whoever returned by herself is not.
        await bench.NowAsync("First", "ab");
        var next = await bench.RunAsync(export);
        Assert.Equal(("abd", 1), (bench.OnList(), next.Ledger.Removed));
    }

    [Fact]
    public async Task Undo_leaves_people_on_the_list_whom_another_export_holds()
    {
        await using var bench = await SharedListBench.CreateAsync();
        await bench.RunAsync(await bench.AddAsync("Other", SyncMode.Full, "b"));
        await bench.TakeOffAsync("b");
        var run = await bench.RunAsync(await bench.AddAsync("First", SyncMode.Mirror, "abc"));

        var undo = await UndoAsync(bench, run.Id);

        Assert.Equal(("b", 3, 2, 1), (bench.OnList(), undo.Ledger.Leaving, undo.Ledger.Removed, undo.Ledger.KeptForOthers));
    }

    [Fact]
    public async Task Only_the_last_run_to_a_list_can_be_undone()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        var other = await bench.AddAsync("Other", SyncMode.Mirror, "ab");
        var first = await bench.RunAsync(export);
        var second = await bench.RunAsync(export);
        Assert.Equal("Delivery.UndoNothing", await RefusalAsync(bench, second.Id));
        Assert.Equal("Delivery.UndoLaterRun", await RefusalAsync(bench, first.Id));

        var third = await bench.RunAsync(other);
        Assert.Equal("Delivery.UndoLaterRun", await RefusalAsync(bench, first.Id));

        var undo = await UndoAsync(bench, third.Id);
        Assert.Equal("Delivery.UndoOfUndo", await RefusalAsync(bench, undo.Id));
        Assert.Equal("Delivery.UndoLaterRun", await RefusalAsync(bench, third.Id));
    }

    [Fact]
    public async Task A_run_whose_removals_are_not_stored_any_more_cannot_be_undone()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "ab");
        await bench.RunAsync(export);
        await bench.NowAsync("First", "a");
        var run = await bench.RunAsync(export);
        await using (var db = await bench.Product.OpenAsync())
            await db.Set<RemovedMember>().ExecuteDeleteAsync(Cancel);

        Assert.Equal("Delivery.UndoForgotten", await RefusalAsync(bench, run.Id));
    }

    [Fact]
    public async Task People_who_may_not_run_the_export_may_not_undo_its_runs()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var run = await bench.RunAsync(await bench.AddAsync("First", SyncMode.Mirror, "ab"));

        await Assert.ThrowsAsync<NotAllowedException>(() => Runs(bench).UndoAsync(Product.Viewer, run.Id, Cancel));
        await Assert.ThrowsAsync<NotAllowedException>(() => Runs(bench).PreviewUndoAsync(Product.Viewer, run.Id, Cancel));
    }

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
        var undo = await UndoAsync(bench, run.Id);
        Assert.Equal(RunState.FailedRetrying, undo.State);
        bench.Sandbox.Faults.Clear();

        await bench.Product.Get<RunExecution>().RunAsync(undo.Id, Cancel);

        undo = await bench.Product.FindRunAsync(undo.Id);
        Assert.Equal((RunState.Successful, 1, 1), (undo.State, undo.Ledger.Removed, undo.Ledger.PutBack));
        Assert.Equal("abc", bench.OnList());
        await bench.NowAsync("First", "ab");
        await bench.RunAsync(export);
        Assert.Equal("ab", bench.OnList());
    }

    private static RunService Runs(SharedListBench bench) => bench.Product.Get<RunService>();

    private static async Task<Run> UndoAsync(SharedListBench bench, int runId)
    {
        bench.Pass();
        var id = await Runs(bench).UndoAsync(Product.Operator, runId, Cancel);
        await bench.Product.Get<RunExecution>().RunAsync(id, Cancel);
        bench.Pass();
        return await bench.Product.FindRunAsync(id);
    }

    private static async Task<string?> RefusalAsync(SharedListBench bench, int runId)
    {
        var preview = await Runs(bench).PreviewUndoAsync(Product.Operator, runId, Cancel);
        var refused = await Assert.ThrowsAsync<LocalizedException>(() => Runs(bench).UndoAsync(Product.Operator, runId, Cancel));
        Assert.Equal(preview.Refusal, refused.LocalizedMessage);
        return preview.Refusal?.Code;
    }
}
