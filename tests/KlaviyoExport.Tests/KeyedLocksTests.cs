namespace KlaviyoExport.Tests;

public sealed class KeyedLocksTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_caller_at_a_time_holds_a_key_and_other_keys_do_not_wait()
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
    public async Task An_unused_key_is_removed_even_after_a_canceled_wait()
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
