namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>
/// Limits the number of calls in any period of a given length. Klaviyo uses windows with an unknown start, and a call arrives at an
/// unknown time between its request and its response. So a call takes a place when it is sent, and the place becomes free one window
/// length after the response. No window of Klaviyo's can then exceed the limit, wherever it starts. Some places are left to other clients
/// of the account (<see cref="OtherClientsUsage"/>). All times are relative to an epoch that the caller chooses. Not thread-safe.
/// </summary>
internal sealed class RateWindow(int limit, TimeSpan length)
{
    private readonly Queue<TimeSpan> _free = new();
    private readonly OtherClientsUsage _foreign = new(length);
    private int _limit = limit;
    private int _underway;

    /// <summary>Returns whether another call may be sent now.</summary>
    public bool HasPlace(TimeSpan now) => Own(now) + _foreign.Reserved(now, _limit) < _limit;

    /// <summary>Returns when to check again for a free place. Null when only the end of a call in progress can free one.</summary>
    public TimeSpan? NextChange(TimeSpan now)
    {
        var foreign = _foreign.NextChange(now);
        return _free.TryPeek(out var own) && (foreign is null || own < foreign) ? own : foreign;
    }

    /// <summary>Takes a place for a call that is sent now.</summary>
    public void Take() => _underway++;

    /// <summary>Records the end of a call. Its place becomes free one window length later.</summary>
    public void Answered(TimeSpan now)
    {
        _underway--;
        _free.Enqueue(now + length);
    }

    /// <summary>Frees the place of a call at once, because the call was not sent or got a 429.</summary>
    public void Return() => _underway--;

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
        while (_free.TryPeek(out var first) && first <= now)
            _free.Dequeue();
        return _underway + _free.Count;
    }
}
