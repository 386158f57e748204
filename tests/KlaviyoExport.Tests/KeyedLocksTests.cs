namespace KlaviyoExport.Tests;

public sealed class KeyedLocksTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_at_a_time_enters_a_key_and_others_do_not_wait_for_it()
    {
        var locks = new KeyedLocks<int>();
        var first = await locks.EnterAsync(1, Cancel);
        using var other = await locks.EnterAsync(2, Cancel);
        var second = locks.EnterAsync(1, Cancel);
        Assert.False(second.IsCompleted);

        first.Dispose();

        (await second).Dispose();
    }

    [Fact]
    public async Task A_key_that_nobody_uses_is_forgotten_also_when_somebody_gave_up_waiting()
    {
        var locks = new KeyedLocks<int>();
        using var leaving = new CancellationTokenSource();
        var first = await locks.EnterAsync(1, Cancel);
        var second = locks.EnterAsync(1, leaving.Token);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(1, locks.Count);
        first.Dispose();

        Assert.Equal(0, locks.Count);
        using var again = await locks.EnterAsync(1, Cancel);
    }
}
