using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Tests.Klaviyo;

public class InFlightTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_wait_for_their_answers_at_the_same_time_and_the_results_keep_their_order()
    {
        var answers = Enumerable.Range(0, 5).Select(_ => new TaskCompletionSource<string>()).ToArray();
        var left = 0;

        var all = InFlight.SelectAsync(
            Enumerable.Range(0, 5),
            5,
            (item, stopping) =>
            {
                // The last call gets the first answer.
                if (Interlocked.Increment(ref left) == 5)
                    _ = Task.Run(() => Array.ForEach([4, 2, 0, 3, 1], index => answers[index].SetResult($"answer {index}")), stopping);
                return answers[item].Task;
            },
            Cancel
        );

        Assert.Equal(["answer 0", "answer 1", "answer 2", "answer 3", "answer 4"], await all.WaitAsync(Patience, Cancel));
    }

    [Fact]
    public async Task No_more_calls_are_made_at_once_than_allowed()
    {
        var (now, most, gate) = (0, 0, new Lock());

        await InFlight.SelectAsync(
            Enumerable.Range(0, 200),
            3,
            async (item, _) =>
            {
                var count = Interlocked.Increment(ref now);
                lock (gate)
                    most = Math.Max(most, count);
                await Task.Yield();
                return Interlocked.Decrement(ref now);
            },
            Cancel
        );

        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task A_failure_cancels_the_calls_in_flight_begins_no_other_and_is_thrown()
    {
        var (begun, canceled, second) = (0, 0, new TaskCompletionSource());

        var all = InFlight.SelectAsync(
            Enumerable.Range(0, 100),
            2,
            async (item, stopping) =>
            {
                Interlocked.Increment(ref begun);
                if (item == 0)
                {
                    await second.Task;
                    throw new InvalidDataException("refused");
                }
                var stopped = new TaskCompletionSource();
                await using var registration = stopping.Register(() => stopped.SetResult());
                second.TrySetResult();
                await stopped.Task;
                Interlocked.Increment(ref canceled);
                stopping.ThrowIfCancellationRequested();
                return item;
            },
            Cancel
        );

        Assert.Equal("refused", (await Assert.ThrowsAsync<InvalidDataException>(() => all.WaitAsync(Patience, Cancel))).Message);
        Assert.Equal((2, 1), (begun, canceled));
    }

    [Fact]
    public async Task No_items_make_no_calls() =>
        Assert.Empty(
            await InFlight.SelectAsync(Array.Empty<int>(), 4, (_, _) => Task.FromException<int>(new InvalidDataException()), Cancel)
        );
}
