using KlaviyoExport.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

public class RunChangesFeedTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_told_of_at_once_and_after_each_change_until_it_has_ended()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var run = await QueueAsync(product);
        await using var told = product.Get<RunChangesFeed>().WatchAsync(run, Cancel).GetAsyncEnumerator(Cancel);

        Assert.True(await told.MoveNextAsync());
        var next = told.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        await product.Get<RunService>().CancelAsync(Product.Operator, run, Cancel);

        Assert.True(await next);
        while (await told.MoveNextAsync())
            Assert.Equal(run, told.Current);
        Assert.Equal(0, clock.WaitingTimers);
    }

    [Fact]
    public async Task What_another_process_does_is_seen_within_a_second()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var run = await QueueAsync(product);
        await using var told = product.Get<RunChangesFeed>().WatchAsync(run, Cancel).GetAsyncEnumerator(Cancel);
        await told.MoveNextAsync();

        await ChangeAsync(product, run, set => set.SetProperty(stored => stored.Done, 5));
        var next = told.MoveNextAsync().AsTask();
        // A look that finds the store busy leaves it to the next.
        Assert.True(await Patience.StepUntilDoneAsync(next, () => clock.Advance(Second)));

        await ChangeAsync(product, run, set => set.SetProperty(stored => stored.State, RunState.Successful));
        next = told.MoveNextAsync().AsTask();
        Assert.True(await Patience.StepUntilDoneAsync(next, () => clock.Advance(Second)));
        Assert.False(await told.MoveNextAsync());
    }

    [Fact]
    public async Task Who_watches_all_is_told_of_runs_that_begin_and_end()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        await using var told = product.Get<RunChangesFeed>().WatchAllAsync(Cancel).GetAsyncEnumerator(Cancel);
        var next = told.MoveNextAsync().AsTask();
        await Patience.UntilAsync(() => clock.WaitingTimers > 0);

        var run = await QueueAsync(product);

        Assert.True(await next);
        Assert.Equal(run, told.Current);
    }

    [Fact]
    public async Task While_nobody_watches_and_for_a_run_that_is_over_nothing_is_asked()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var run = await QueueAsync(product);
        await product.Get<RunService>().CancelAsync(Product.Operator, run, Cancel);

        var told = 0;
        await foreach (var _ in product.Get<RunChangesFeed>().WatchAsync(run, Cancel))
            told++;

        Assert.Equal((1, 0), (told, clock.WaitingTimers));
    }

    [Fact]
    public async Task Who_leaves_in_the_middle_is_not_looked_for_any_more()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var run = await QueueAsync(product);
        using var leaving = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            await foreach (var _ in product.Get<RunChangesFeed>().WatchAsync(run, leaving.Token))
                await leaving.CancelAsync();
        }, Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        Assert.Equal(0, clock.WaitingTimers);
    }

    private static async Task<int> QueueAsync(Product product) => await product.QueueAsync(
        await product.AddExportAsync("Newsletter", await product.AddConnectionAsync(), await product.AddCustomersAsync("Customers", Customer.Many(1))));

    private static async Task ChangeAsync(Product product, int runId, Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<Run>> change)
    {
        await using var db = await product.OpenAsync();
        await db.Runs.Where(run => run.Id == runId).ExecuteUpdateAsync(change, Cancel);
    }
}
