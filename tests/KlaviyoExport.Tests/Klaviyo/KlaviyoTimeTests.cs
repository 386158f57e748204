using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Tests.Klaviyo;

public sealed class KlaviyoTimeTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0)]
    [InlineData(-2, 0)]
    [InlineData(3, 3)]
    [InlineData(-90, -90)]
    public void A_response_tells_how_far_the_clocks_are_apart(int ahead, int expected)
    {
        var clock = new TestClock();
        var time = new KlaviyoTime(clock);

        time.Observe(clock.GetUtcNow().AddSeconds(ahead));
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(clock.GetUtcNow().AddSeconds(expected), time.GetUtcNow());
    }

    [Fact]
    public void The_last_response_with_a_date_counts()
    {
        var clock = new TestClock();
        var time = new KlaviyoTime(clock);
        Assert.Equal(clock.GetUtcNow(), time.GetUtcNow());

        time.Observe(clock.GetUtcNow().AddHours(1));
        time.Observe(null);
        Assert.Equal(clock.GetUtcNow().AddHours(1), time.GetUtcNow());

        time.Observe(clock.GetUtcNow());
        Assert.Equal(clock.GetUtcNow(), time.GetUtcNow());
    }
}
