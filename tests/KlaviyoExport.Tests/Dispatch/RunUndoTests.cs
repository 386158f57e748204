using KlaviyoExport.Dispatch;
using KlaviyoExport.Lists;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests.Lists;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Dispatch;

public class RunUndoTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SyncMode.Full, 4)]
    [InlineData(SyncMode.Incremental, 2)]
    public async Task Undo_takes_off_the_list_whom_the_run_added(SyncMode mode, int delivered)
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", mode, "ab");
        await bench.RunAsync(export);
        await bench.JoinAsync("c");
        await bench.NowAsync("First", "abcd");
        var run = await bench.RunAsync(export);
        Assert.Equal("abcd", bench.OnList());

        var preview = await bench.Runs().PreviewUndoAsync(Product.Operator, run.Id, Cancel);
        var undo = await bench.UndoAsync(run.Id);

        Assert.Equal(new UndoPreview(delivered, 0, null), preview);
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

        var preview = await bench.Runs().PreviewUndoAsync(Product.Operator, run.Id, Cancel);
        var undo = await bench.UndoAsync(run.Id);

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

        var undo = await bench.UndoAsync(run.Id);

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

        var undo = await bench.UndoAsync(third.Id);
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

        await Assert.ThrowsAsync<NotAllowedException>(() => bench.Runs().UndoAsync(Product.Viewer, run.Id, Cancel));
        await Assert.ThrowsAsync<NotAllowedException>(() => bench.Runs().PreviewUndoAsync(Product.Viewer, run.Id, Cancel));
    }

    [Fact]
    public async Task The_preview_counts_people_whom_the_run_put_back_on_the_list()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Mirror, "abc");
        await bench.RunAsync(export);
        await bench.TakeOffAsync("bc");
        var run = await bench.ExecuteAsync(await bench.Runs().SendEverythingAsync(Product.Operator, export, Cancel));
        Assert.Equal("abc", bench.OnList());

        var preview = await bench.Runs().PreviewUndoAsync(Product.Operator, run.Id, Cancel);
        var undo = await bench.UndoAsync(run.Id);

        Assert.Equal((3, 2, "a"), (preview.Added, undo.Ledger.Removed, bench.OnList()));
    }

    [Fact]
    public async Task An_undone_run_has_not_let_anybody_go()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var full = await bench.AddAsync("Full", SyncMode.Full, "ab");
        var mirror = await bench.AddAsync("Mirror", SyncMode.Mirror, "abd");
        await bench.RunAsync(mirror);
        await bench.RunAsync(full);
        await bench.NowAsync("Full", "ac");
        await bench.UndoAsync((await bench.RunAsync(full)).Id);
        Assert.Equal("abd", bench.OnList());
        await bench.NowAsync("Mirror", "a");

        var run = await bench.RunAsync(mirror);

        Assert.Equal(("ab", 1, 1), (bench.OnList(), run.Ledger.Removed, run.Ledger.KeptForOthers));
    }

    [Fact]
    public async Task Undo_holds_only_those_again_whom_the_undone_run_has_let_go()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var full = await bench.AddAsync("Full", SyncMode.Full, "abc");
        var mirror = await bench.AddAsync("Mirror", SyncMode.Mirror, "abc");
        await bench.RunAsync(mirror);
        await bench.RunAsync(full);
        await bench.NowAsync("Full", "ab");
        await bench.RunAsync(full);
        await bench.NowAsync("Full", "a");
        await bench.UndoAsync((await bench.RunAsync(full)).Id);
        await bench.NowAsync("Mirror", "a");

        await bench.RunAsync(mirror);

        Assert.Equal("ab", bench.OnList());
    }

    [Fact]
    public async Task Nothing_says_that_an_undo_took_somebody_off_whom_it_kept()
    {
        await using var bench = await SharedListBench.CreateAsync();
        await bench.RunAsync(await bench.AddAsync("Other", SyncMode.Full, "b"));
        await bench.TakeOffAsync("b");
        var run = await bench.RunAsync(await bench.AddAsync("First", SyncMode.Mirror, "abc"));

        var undo = await bench.UndoAsync(run.Id);

        Assert.Equal(("b", 2, 1), (bench.OnList(), undo.Ledger.Removed, undo.Ledger.KeptForOthers));
        Assert.Equal((true, false), (await bench.SaysTakenOffAsync('a'), await bench.SaysTakenOffAsync('b')));
    }

    private static async Task<string?> RefusalAsync(SharedListBench bench, int runId)
    {
        var preview = await bench.Runs().PreviewUndoAsync(Product.Operator, runId, Cancel);
        var refused = await Assert.ThrowsAsync<LocalizedException>(() => bench.Runs().UndoAsync(Product.Operator, runId, Cancel));
        Assert.Equal(preview.Refusal, refused.LocalizedMessage);
        return preview.Refusal?.Code;
    }
}
