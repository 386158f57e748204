namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>
/// So many calls in any stretch of a length. Klaviyo's windows are fixed but where they begin is not known, and a call arrives some time
/// between being sent and being answered; so a place is taken when the call is sent and comes free a whole length after its answer. Then no
/// window of Klaviyo's, wherever it begins, sees more than the limit, and over time the limit is used to the full. Places are left to other
/// clients of the account (<see cref="ForeignUse"/>). Times are since an epoch of the caller's. Not thread-safe.
/// </summary>
internal sealed class RateWindow(int limit, TimeSpan length)
{
    private readonly Queue<TimeSpan> _free = new();
    private readonly ForeignUse _foreign = new(length);
    private int _limit = limit;
    private int _underway;

    public bool HasPlace(TimeSpan now) => Own(now) + _foreign.Reserved(now, _limit) < _limit;

    /// <summary>When to look again; null when only an answer to a call underway can free a place.</summary>
    public TimeSpan? NextChange(TimeSpan now)
    {
        var foreign = _foreign.NextChange(now);
        return _free.TryPeek(out var own) && (foreign is null || own < foreign) ? own : foreign;
    }

    public void Take() => _underway++;

    public void Answered(TimeSpan now)
    {
        _underway--;
        _free.Enqueue(now + length);
    }

    /// <summary>The call was never sent, or turned away, so its place was not used.</summary>
    public void Return() => _underway--;

    /// <summary>
    /// What Klaviyo says of the window: its limit, what is left of it and for how long. What is gone without our doing others used.
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
