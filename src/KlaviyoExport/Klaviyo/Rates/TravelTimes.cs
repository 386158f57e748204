namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>
/// Estimates when the calls of an endpoint arrive at Klaviyo, relative to each other. A call arrives between its request and its response,
/// but if each took equally long to arrive, the calls would arrive as far apart as they were sent. A call arrives later than that by at most
/// as much as its response takes longer than the fastest response.
/// </summary>
internal sealed class TravelTimes
{
    private const int Remembered = 20;
    private const int NeededToTell = 10;

    // Networks and busy processors are never more regular than that.
    private static readonly TimeSpan LeastDelay = TimeSpan.FromMilliseconds(100);

    // Earlier calls may have been smaller, and the network another one.
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Distrusted = TimeSpan.FromMinutes(10);

    private readonly Queue<(TimeSpan At, TimeSpan Time)> _last = new();
    private TimeSpan _distrustedUntil;
    private TimeSpan _shortest;
    private TimeSpan _longest;

    /// <summary>
    /// The latest time at which a call has arrived, when the fastest call would arrive at the moment at which it is sent. Null when it cannot
    /// be told yet.
    /// </summary>
    public TimeSpan? ArrivalOf(CallTicket call, TimeSpan now)
    {
        var isTold = _last.Count >= NeededToTell && now >= _distrustedUntil;
        if (call.EndedAt is { } ended)
            return isTold && call.IsAnswered ? Earlier(ended, call.SentAt + Delay(ended - call.SentAt)) : ended;
        return isTold && !IsLate(call, now) ? call.SentAt + Delay(_longest * 1.05) : null;
    }

    /// <summary>Records the time between a request and its response, which has just arrived.</summary>
    public void Observe(TimeSpan time, TimeSpan now)
    {
        while (_last.Count >= Remembered || (_last.TryPeek(out var oldest) && now - oldest.At > Recent))
            _last.Dequeue();
        _last.Enqueue((now, time));
        (_shortest, _longest) = (_last.Min(one => one.Time), _last.Max(one => one.Time));
    }

    /// <summary>Nothing can be told for a while: calls have arrived closer together than expected.</summary>
    public void Distrust(TimeSpan now) => _distrustedUntil = now + Distrusted;

    private TimeSpan Delay(TimeSpan time) => time - _shortest > LeastDelay ? time - _shortest : LeastDelay;

    /// <summary>Whether a call without a response is so late that it may arrive at any time.</summary>
    private bool IsLate(CallTicket call, TimeSpan now) => now - call.SentAt > (_longest * 1.5) + TimeSpan.FromMilliseconds(250);

    private static TimeSpan Earlier(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
