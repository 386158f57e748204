using KlaviyoExport.Data;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Runs;

public class ChangeFeedTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_reported_at_once_and_after_each_change_until_it_has_ended()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var run = await QueueAsync(product);
        await using var told = product.Get<ChangeFeed>().WatchAsync(run, Cancel).GetAsyncEnumerator(Cancel);

        Assert.True(await told.MoveNextAsync());
        var next = told.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        await product.Get<RunService>().CancelAsync(Product.Operator, run, Cancel);

        Assert.True(await next);
        while (await told.MoveNextAsync())
            Assert.Equal(FeedNews.Changed, told.Current);
        Assert.Equal(0, clock.WaitingTimers);
    }

    [Fact]
    public async Task Changes_of_another_process_are_seen_within_a_second()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var run = await QueueAsync(product);
        await using var told = product.Get<ChangeFeed>().WatchAsync(run, Cancel).GetAsyncEnumerator(Cancel);
        await told.MoveNextAsync();

        await ChangeAsync(product, run, set => set.SetProperty(stored => stored.Done, 5));
        var next = told.MoveNextAsync().AsTask();
        Assert.True(await Patience.StepUntilDoneAsync(next, () => clock.Advance(Second)));

        await ChangeAsync(product, run, set => set.SetProperty(stored => stored.State, RunState.Successful));
        next = told.MoveNextAsync().AsTask();
        Assert.True(await Patience.StepUntilDoneAsync(next, () => clock.Advance(Second)));
        Assert.False(await told.MoveNextAsync());
    }

    [Fact]
    public async Task A_reader_of_all_runs_is_notified_of_starts_and_ends()
    {
        await using var product = await Product.CreateAsync(new TestClock());
        await using var told = product.Get<ChangeFeed>().WatchAsync(FeedScope.Runs, Cancel).GetAsyncEnumerator(Cancel);
        await told.MoveNextAsync();
        var next = told.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);

        await QueueAsync(product);

        Assert.True(await next);
    }

    [Fact]
    public async Task A_reader_of_the_system_is_notified_of_refreshes_loads_and_counts_of_other_processes_too()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        await product.AddCustomersAsync("Customers", Customer.Many(1));
        await using var told = product.Get<ChangeFeed>().WatchAsync(FeedScope.System, Cancel).GetAsyncEnumerator(Cancel);
        await told.MoveNextAsync();
        Func<AppDb, Task>[] changes =
        [
            db => db.Set<Segment>().ExecuteUpdateAsync(set => set.SetProperty(segment => segment.CountedAt, clock.GetUtcNow()), Cancel),
            db => db.Set<Source>().ExecuteUpdateAsync(set => set.SetProperty(source => source.Version, 7), Cancel),
            async db =>
            {
                db.Add(new Refresh { RequestedBy = "Ana", StartedAt = clock.GetUtcNow() });
                await db.SaveChangesAsync(Cancel);
            },
        ];

        foreach (var change in changes)
        {
            var next = told.MoveNextAsync().AsTask();
            await using (var db = await product.OpenAsync())
                await change(db);
            Assert.True(await Patience.StepUntilDoneAsync(next, () => clock.Advance(Second)));
        }
    }

    [Fact]
    public async Task Without_a_reader_or_for_an_ended_run_nothing_is_queried()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var run = await QueueAsync(product);
        await product.Get<RunService>().CancelAsync(Product.Operator, run, Cancel);

        var told = 0;
        await foreach (var _ in product.Get<ChangeFeed>().WatchAsync(run, Cancel))
            told++;

        Assert.Equal((1, 0), (told, clock.WaitingTimers));
    }

    [Fact]
    public async Task The_polling_for_a_reader_who_leaves_stops()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        var run = await QueueAsync(product);
        using var leaving = new CancellationTokenSource();
        var watching = Task.Run(
            async () =>
            {
                await foreach (var _ in product.Get<ChangeFeed>().WatchAsync(run, leaving.Token))
                    await leaving.CancelAsync();
            },
            Cancel
        );

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        Assert.Equal(0, clock.WaitingTimers);
    }

    [Fact]
    public async Task The_polling_for_a_reader_who_leaves_during_the_first_query_stops()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock, configure: services => services.AddSingleton<ReadMark>(Never));
        using var leaving = new CancellationTokenSource();
        await using var told = product.Get<ChangeFeed>().WatchAsync(FeedScope.System, leaving.Token).GetAsyncEnumerator(Cancel);
        var first = told.MoveNextAsync().AsTask();
        Assert.False(first.IsCompleted);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(0, clock.WaitingTimers);

        static Task<string> Never(AppDb db, CancellationToken cancellationToken) => new TaskCompletionSource<string>().Task;
    }

    [Fact]
    public async Task An_unreachable_store_and_its_recovery_are_shown()
    {
        var clock = new TestClock();
        Exception? fault = null;
        await using var product = await Product.CreateAsync(
            clock,
            configure: services =>
                services.AddSingleton<ReadMark>((_, _) => fault is null ? Task.FromResult("") : Task.FromException<string>(fault))
        );
        await using var told = product.Get<ChangeFeed>().WatchAsync(FeedScope.System, Cancel).GetAsyncEnumerator(Cancel);
        await told.MoveNextAsync();
        Assert.Equal(FeedNews.Changed, told.Current);

        // The feed continues after any exception.
        foreach (var kind in new Exception[] { new DbUpdateException(), new InvalidOperationException("a bug") })
        {
            fault = kind;
            await NextAsync();
            Assert.Equal(FeedNews.Behind, told.Current);
            fault = null;
            await NextAsync();
            Assert.Equal(FeedNews.Changed, told.Current);
        }

        Task NextAsync() => Patience.StepUntilDoneAsync(told.MoveNextAsync().AsTask(), () => clock.Advance(Second));
    }

    private static async Task<int> QueueAsync(Product product) =>
        await product.QueueAsync(
            await product.AddExportAsync(
                "Newsletter",
                await product.AddConnectionAsync(),
                await product.AddCustomersAsync("Customers", Customer.Many(1))
            )
        );

    private static async Task ChangeAsync(
        Product product,
        int runId,
        Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<Run>> change
    )
    {
        await using var db = await product.OpenAsync();
        await db.Set<Run>().Where(run => run.Id == runId).ExecuteUpdateAsync(change, Cancel);
    }
}
