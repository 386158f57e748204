using KlaviyoExport.Klaviyo.Rates;

namespace KlaviyoExport.Tests.Klaviyo.Rates;

public sealed class RateWindowTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly TravelTimes _travel = new();
    private readonly Queue<CallTicket> _calls = new();
    private readonly RateWindow _window;

    public RateWindowTests() => _window = new(3, Minute, _travel);

    [Fact]
    public void A_window_has_as_many_places_as_its_limit()
    {
        Take(3);

        Assert.False(_window.HasPlace(At(0)));
    }

    [Fact]
    public void A_place_becomes_free_a_full_window_after_the_response_and_not_after_the_call()
    {
        Take(3);
        Answered(At(5));

        Assert.False(_window.HasPlace(At(64.9)));
        Assert.True(_window.HasPlace(At(65)));
    }

    [Theory]
    [InlineData(0.8, 60.1)]
    [InlineData(0.89, 60.1)]
    [InlineData(1.2, 60.4)]
    [InlineData(30, 89.2)]
    public void A_place_becomes_free_a_full_window_after_the_call_has_arrived_if_the_fastest_arrives_at_once(double response, double free)
    {
        Observe(0.8, 0.9, 0.8, 1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9);
        Take(1);
        Answered(At(response));

        Assert.Equal(At(free), _window.NextChange(At(response)));
    }

    [Fact]
    public void A_call_without_a_response_is_taken_for_the_slowest()
    {
        Observe(0.8, 0.9, 0.8, 1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9);
        Take(1);

        // A twentieth is added to the slowest.
        Assert.Equal(At(60.25), _window.NextChange(At(1)));
    }

    [Fact]
    public void A_place_is_free_a_full_window_after_the_response_at_the_latest()
    {
        Observe([.. Enumerable.Repeat(0.01, 10)]);
        Take(1);
        Answered(At(0.05));

        Assert.Equal(At(60.05), _window.NextChange(At(1)));
    }

    [Fact]
    public void With_a_few_responses_nothing_can_be_told()
    {
        Observe([.. Enumerable.Repeat(1d, 9)]);
        Take(1);
        Answered(At(1));

        Assert.Equal(At(61), _window.NextChange(At(1)));
    }

    [Fact]
    public void Responses_of_long_ago_tell_nothing()
    {
        Observe([.. Enumerable.Repeat(0.1, 9)]);
        for (var call = 0; call < 10; call++)
            _travel.Observe(At(1), At(11));
        Take(1);
        Answered(At(1));

        Assert.Equal(At(60.1), _window.NextChange(At(1)));
    }

    [Fact]
    public void A_call_that_failed_may_have_arrived_until_then()
    {
        Observe([.. Enumerable.Repeat(1d, 10)]);
        Take(1);
        _calls.Dequeue().EndedAt = At(1);

        Assert.Equal(At(61), _window.NextChange(At(1)));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(0.01, 10)]
    [InlineData(0.06, 9)]
    [InlineData(0.4, 6)]
    [InlineData(1, 5)]
    public void Places_are_left_to_the_share_of_other_clients_but_at_most_half(double foreign, int places)
    {
        var window = new RateWindow(10, Minute, new TravelTimes());

        for (var place = 0; place < places; place++)
        {
            Assert.True(window.HasPlace(At(0), foreign));
            window.Take(new CallTicket(At(0)));
        }

        Assert.False(window.HasPlace(At(0), foreign));
    }

    [Fact]
    public void A_limit_of_one_leaves_no_place_to_others()
    {
        Assert.True(new RateWindow(1, Minute, new TravelTimes()).HasPlace(At(0), foreign: 0.5));
    }

    [Fact]
    public void A_call_that_is_late_keeps_its_place_until_its_response()
    {
        Observe([.. Enumerable.Repeat(1d, 10)]);
        Take(3);

        Assert.False(_window.HasPlace(At(70)));
        Answered(At(71));
        Assert.False(_window.HasPlace(At(129)));
        Assert.True(_window.HasPlace(At(130)));
    }

    [Fact]
    public void After_a_429_only_responses_count()
    {
        Observe([.. Enumerable.Repeat(1d, 10)]);
        _travel.Distrust(At(0));
        Take(3);
        Answered(At(5));

        Assert.Equal(At(65), _window.NextChange(At(6)));
    }

    [Fact]
    public void While_all_places_are_in_use_only_a_response_changes_anything()
    {
        Take(3);

        Assert.Null(_window.NextChange(At(0)));
    }

    [Fact]
    public void The_next_change_is_when_the_first_place_becomes_free()
    {
        Take(2);
        Answered(At(1));
        Answered(At(2));

        Assert.Equal(At(61), _window.NextChange(At(3)));
    }

    [Fact]
    public void A_returned_place_counts_as_unused()
    {
        Take(3);
        _window.Return(_calls.Dequeue());

        Assert.True(_window.HasPlace(At(0)));
    }

    [Fact]
    public void Quota_used_by_others_stays_reserved_until_the_reset()
    {
        Take(1);
        Answered(At(0));
        _window.Learn(At(0), limit: 3, remaining: 0, reset: TimeSpan.FromSeconds(20));

        Assert.False(_window.HasPlace(At(19)));
        Assert.Equal(At(20), _window.NextChange(At(19)));
        Assert.True(_window.HasPlace(At(20)));
    }

    [Fact]
    public void Steady_calls_find_the_places_of_a_full_window_free()
    {
        var window = new RateWindow(150, Minute, new TravelTimes());
        for (var second = 0; second < 5; second++)
            window.Learn(At(second), limit: 150, remaining: 149 - second, reset: TimeSpan.FromSeconds(61 - second));

        // 75 calls: five in four seconds is more than half of the window.
        Assert.Equal(75, PlacesOf(window, At(4)));
        window.Learn(At(20), limit: 150, remaining: 150 - 75 - 20, reset: TimeSpan.FromSeconds(41));
        Assert.InRange(PlacesOf(window, At(20)), 10, 15);
    }

    [Fact]
    public void Half_of_the_window_is_ours_whatever_others_use()
    {
        var window = new RateWindow(10, Minute, new TravelTimes());
        window.Learn(At(0), limit: 10, remaining: 6, reset: Minute);

        Assert.Equal(5, PlacesOf(window, At(0)));
    }

    [Fact]
    public void Other_clients_unseen_for_a_whole_window_are_forgotten()
    {
        _window.Learn(At(0), limit: 3, remaining: 0, reset: TimeSpan.FromSeconds(20));

        Assert.Equal(2, PlacesOf(_window, At(79), _calls));
        _window.Return(_calls.Dequeue());
        _window.Return(_calls.Dequeue());
        Assert.Equal(3, PlacesOf(_window, At(80)));
    }

    [Fact]
    public void Headers_without_another_client_reduce_nothing()
    {
        Take(2);
        Answered(At(0));
        _window.Learn(At(0), limit: 3, remaining: 2, reset: TimeSpan.FromSeconds(60));

        Assert.True(_window.HasPlace(At(0)));
    }

    [Fact]
    public void A_later_response_with_a_lower_count_does_not_return_quota_that_others_used()
    {
        _window.Learn(At(0), limit: 3, remaining: 0, reset: TimeSpan.FromSeconds(20));
        _window.Learn(At(1), limit: 3, remaining: 1, reset: TimeSpan.FromSeconds(19));

        Assert.False(_window.HasPlace(At(1)));
    }

    [Fact]
    public void The_limit_in_Klaviyos_headers_overrides_ours()
    {
        Take(3);
        _window.Learn(At(0), limit: 5, remaining: 2, reset: TimeSpan.FromSeconds(20));

        Assert.True(_window.HasPlace(At(0)));
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static int PlacesOf(RateWindow window, TimeSpan now, Queue<CallTicket>? calls = null)
    {
        var places = 0;
        for (; window.HasPlace(now); places++)
        {
            var call = new CallTicket(now);
            calls?.Enqueue(call);
            window.Take(call);
        }
        return places;
    }

    private void Answered(TimeSpan now)
    {
        var call = _calls.Dequeue();
        (call.EndedAt, call.IsAnswered) = (now, true);
    }

    private void Observe(params double[] times)
    {
        foreach (var time in times)
            _travel.Observe(At(time), At(0));
    }

    private void Take(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(_window.HasPlace(At(0)));
            var call = new CallTicket(At(0));
            _calls.Enqueue(call);
            _window.Take(call);
        }
    }
}
