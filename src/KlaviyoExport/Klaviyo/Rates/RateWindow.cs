namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>
/// Limits the number of calls in any period of a given length. Klaviyo uses windows with an unknown start, and a call arrives at an
/// unknown time between its request and its response. So the place of a call becomes free one window length after the response, or after
/// the latest time at which it has arrived by what is known about the other calls (<see cref="TravelTimes"/>, if given). No window of Klaviyo's can
/// then exceed the limit, wherever it starts. Some places are left to other clients of the account (<see cref="OtherClientsUsage"/>). All
/// times are relative to an epoch that the caller chooses. Not thread-safe.
/// </summary>
internal sealed class RateWindow(int limit, TimeSpan length, TravelTimes? travel)
{
    private readonly List<CallTicket> _calls = [];
    private readonly OtherClientsUsage _foreign = new(length);
    private int _limit = limit;

    /// <summary>Returns whether another call may be sent now.</summary>
    public bool HasPlace(TimeSpan now) => Own(now) + _foreign.Reserved(now, _limit) < _limit;

    /// <summary>Returns whether places are left to other clients of the account.</summary>
    public bool IsShared(TimeSpan now) => _foreign.Reserved(now, _limit) > 0;

    /// <summary>Returns when to check again for a free place. Null when only the end of a call in progress can free one.</summary>
    public TimeSpan? NextChange(TimeSpan now)
    {
        var spread = travel?.SpreadAt(now);
        var next = _foreign.NextChange(now);
        foreach (var call in _calls)
            if (FreeAt(call, now, spread) is { } free && (next is null || free < next))
                next = free;
        return next;
    }

    /// <summary>Takes a place for a call that is sent now.</summary>
    public void Take(CallTicket call) => _calls.Add(call);

    /// <summary>Frees the place of a call at once, because the call was not sent or got a 429.</summary>
    public void Return(CallTicket call) => _calls.Remove(call);

    /// <summary>
    /// Records the rate limit headers of a response. Used calls that this product has not made were made by other clients of the account.
    /// </summary>
    public void Learn(TimeSpan now, int limit, int remaining, TimeSpan reset)
    {
        _limit = limit;
        _foreign.Learn(now, limit - remaining - Own(now), reset);
    }

    private int Own(TimeSpan now)
    {
        var spread = travel?.SpreadAt(now);
        _calls.RemoveAll(call => FreeAt(call, now, spread) <= now);
        return _calls.Count;
    }

    private TimeSpan? FreeAt(CallTicket call, TimeSpan now, TimeSpan? spread)
    {
        if (call.IsReserved)
            return null;
        var expected = call.SentAt + spread;
        return call.EndedAt is { } ended ? (call.IsAnswered && expected < ended ? expected : ended) + length
            : travel is null || travel.IsLate(call, now) ? null
            : expected + length;
    }
}
