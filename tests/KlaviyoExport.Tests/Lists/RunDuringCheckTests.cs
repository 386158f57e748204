using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Lists;

/// <summary>A check stores its result while a run starts. Only servers have two writers at a time.</summary>
[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public sealed class RunDuringCheckTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_starts_while_a_check_stores_its_result_respects_whom_the_check_has_found()
    {
        await using var bench = await SharedListBench.CreateAsync();
        var export = await bench.AddAsync("First", SyncMode.Incremental, "abc");
        var first = await bench.RunAsync(export);
        await bench.TakeOffAsync("b");
        await bench.RenamedAsync("First", "abc");
        // The rows of the people are locked, so that storing the result takes a while, as for a long list.
        await using var db = await bench.Product.OpenAsync();
        await using var slow = await db.Database.BeginTransactionAsync(Cancel);
        await db.Set<Membership>().ExecuteUpdateAsync(set => set.SetProperty(row => row.State, row => row.State), Cancel);
        var checking = Task.Run(() => bench.CheckAsync(first.Id), Cancel);
        await Task.Delay(2_000, Cancel);
        var id = await bench.Product.QueueAsync(export);
        var running = Task.Run(() => bench.Product.Get<RunExecution>().RunAsync(id, Cancel), Cancel);
        await Task.Delay(1_000, Cancel);
        Assert.False(checking.IsCompleted);

        await slow.RollbackAsync(Cancel);
        var check = await checking;
        await running;

        var run = await bench.Product.FindRunAsync(id);
        Assert.Equal((1, "ac", RunState.Successful, 1), (check.RemovedByHand, bench.OnList(), run.State, run.Ledger.Respected));
    }
}
