namespace KlaviyoExport.Tests;

public sealed class TestClockTests
{
    private readonly TestClock _clock = new();

    [Fact]
    public void A_timer_is_counted_from_when_it_is_set_until_it_is_due()
    {
        using var timer = _clock.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        Assert.Equal(1, _clock.WaitingTimers);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, _clock.WaitingTimers);
        timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        Assert.Equal(1, _clock.WaitingTimers);
    }

    [Fact]
    public void A_timer_that_sets_itself_again_is_still_counted()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(
            _ => timer!.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan),
            null,
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan
        );
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, _clock.WaitingTimers);
        timer.Dispose();
    }

    [Fact]
    public void A_timer_that_repeats_is_counted_until_it_is_disposed()
    {
        var timer = _clock.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, _clock.WaitingTimers);
        timer.Dispose();

        Assert.Equal(0, _clock.WaitingTimers);
    }

    [Fact]
    public void A_timer_that_is_not_set_is_not_counted()
    {
        using var timer = _clock.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        Assert.Equal(0, _clock.WaitingTimers);
    }
}
