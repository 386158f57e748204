using KlaviyoExport.Klaviyo.Rates;

namespace KlaviyoExport.Tests.Klaviyo.Rates;

/// <summary>The reserve for other clients in a window of a minute. Times are in seconds.</summary>
public sealed class OtherClientsUsageTests
{
    private readonly OtherClientsUsage _usage = new(TimeSpan.FromMinutes(1));

    [Fact]
    public void Nothing_is_reserved_before_a_response()
    {
        Assert.Equal(0, Reserved(0));
        Assert.Null(NextChange(0));
    }

    [Fact]
    public void Other_clients_are_expected_to_continue_at_their_rate()
    {
        Learn(30, used: 4, reset: 30);

        // Four calls in 31 seconds are seven in a minute.
        Assert.Equal(7, Reserved(30));
        Assert.Equal(7, Reserved(61));
    }

    [Fact]
    public void A_reset_longer_than_the_window_counts_as_its_start()
    {
        Learn(0, used: 1, reset: 62);

        Assert.Equal(50, Reserved(0));
    }

    [Fact]
    public void In_a_new_window_the_use_of_the_previous_one_is_expected()
    {
        Learn(0, used: 4, reset: 60);
        Learn(60, used: 0, reset: 60);

        Assert.Equal(4, Reserved(60));
        Assert.Equal(Seconds(120), NextChange(60));
    }

    [Fact]
    public void The_use_before_a_whole_window_without_responses_is_forgotten()
    {
        Learn(0, used: 4, reset: 60);
        Learn(120, used: 0, reset: 60);

        Assert.Equal(0, Reserved(120));
    }

    [Theory]
    [InlineData(45, 55)]
    [InlineData(55, 60)]
    [InlineData(80, 60)]
    [InlineData(81, 91)]
    public void A_window_can_end_earlier_than_known_and_a_much_later_end_is_that_of_a_new_window(int reset, int end)
    {
        Learn(0, used: 4, reset: 60);
        Learn(10, used: 0, reset);

        Assert.Equal(Seconds(end), NextChange(10));
    }

    [Theory]
    [InlineData(59, 60)]
    [InlineData(60, 120)]
    [InlineData(119, 120)]
    [InlineData(120, null)]
    public void The_reserve_changes_at_the_reset_and_ends_a_window_later(int now, int? next)
    {
        Learn(0, used: 4, reset: 60);

        Assert.Equal(next is { } seconds ? Seconds(seconds) : null, NextChange(now));
        Assert.Equal(next is null, Reserved(now) == 0);
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private void Learn(int now, int used, int reset) => _usage.Learn(Seconds(now), used, Seconds(reset));

    private int Reserved(int now) => _usage.Reserved(Seconds(now), limit: 100);

    private TimeSpan? NextChange(int now) => _usage.NextChange(Seconds(now));
}
