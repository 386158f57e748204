namespace KlaviyoExport.Tests;

public sealed class ManualClockTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public void Time_stands_still_until_it_is_moved()
    {
        var before = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(before + TimeSpan.FromSeconds(3), clock.GetUtcNow());
    }

    [Fact]
    public async Task A_delay_ends_exactly_when_its_time_has_come()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(5), clock, TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(4.999));
        Assert.False(delay.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await delay;
    }

    [Fact]
    public void Timers_fire_in_order_and_see_the_time_they_were_due()
    {
        var start = clock.GetUtcNow();
        var seen = new List<(string Who, double After)>();
        void See(string who) => seen.Add((who, (clock.GetUtcNow() - start).TotalSeconds));
        using var late = clock.CreateTimer(_ => See("late"), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var often = clock.CreateTimer(_ => See("often"), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal([("often", 2), ("late", 3), ("often", 4)], seen);
    }

    [Fact]
    public void A_disposed_timer_does_not_fire()
    {
        var fired = false;
        clock.CreateTimer(_ => fired = true, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan).Dispose();
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(fired);
        Assert.Equal(0, clock.WaitingTimers);
    }
}
