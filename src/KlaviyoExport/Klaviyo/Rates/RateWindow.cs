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
    /// <param name="now">The time.</param>
    /// <param name="foreign">The share of the limit that other clients are expected to use. At most half of the limit is left to them.</param>
    public bool HasPlace(TimeSpan now, double foreign = 0) =>
        Own(now) + Math.Max(_foreign.Reserved(now, _limit), Math.Min((int)Math.Round(_limit * foreign), _limit / 2)) < _limit;

    /// <summary>The maximum number of calls in the window, as Klaviyo last reported it.</summary>
    public int Limit => _limit;

    /// <summary>Returns how many of the calls of this process count against the limit.</summary>
    public int Own(TimeSpan now)
    {
        _calls.RemoveAll(call => FreeAt(call, now) <= now);
        return _calls.Count;
    }

    /// <summary>Returns the number of places that are left to other clients of the account.</summary>
    public int LeftToOthers(TimeSpan now) => _foreign.Reserved(now, _limit);

    /// <summary>Returns the share of the limit that is left to other clients of the account: 0 to 1.</summary>
    public double ForeignShare(TimeSpan now) => Math.Clamp((double)LeftToOthers(now) / _limit, 0, 1);

    /// <summary>Returns when to check again for a free place. Null when only the end of a call in progress can free one.</summary>
    public TimeSpan? NextChange(TimeSpan now)
    {
        var next = _foreign.NextChange(now);
        foreach (var call in _calls)
            if (FreeAt(call, now) is { } free && (next is null || free < next))
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

    private TimeSpan? FreeAt(CallTicket call, TimeSpan now) =>
        call.IsReserved ? null : (travel is null ? call.EndedAt : travel.ArrivalOf(call, now)) + length;
}
