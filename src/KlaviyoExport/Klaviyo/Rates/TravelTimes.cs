namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>
/// Estimates when the calls of an endpoint arrive at Klaviyo. If each took equally long to arrive, they would arrive as far apart as they
/// were sent. They can move together by at most as much as the times until their responses differ.
/// </summary>
internal sealed class TravelTimes
{
    private const int Remembered = 20;
    private const int NeededToTell = 4;

    // Networks and busy processors are never more regular than that.
    private static readonly TimeSpan LeastSpread = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Distrusted = TimeSpan.FromMinutes(10);

    private readonly Queue<TimeSpan> _last = new();
    private TimeSpan _distrustedUntil;
    private TimeSpan _spread;
    private TimeSpan _longest;

    /// <summary>Whether other clients use the limit too. Then nothing is told: the calls must leave room for theirs.</summary>
    public bool IsShared { get; set; }

    /// <summary>
    /// How much later than expected a call arrives at most, when all calls take the same time apart from that. Null when it cannot be told.
    /// </summary>
    public TimeSpan? SpreadAt(TimeSpan now) =>
        _last.Count < NeededToTell || now < _distrustedUntil || IsShared ? null : _spread + (_longest / 20);

    /// <summary>Whether a call without a response is so late that it may arrive at any time.</summary>
    public bool IsLate(CallTicket call, TimeSpan now) => now - call.SentAt > (_longest * 1.5) + TimeSpan.FromMilliseconds(250);

    /// <summary>Records a response.</summary>
    public void Observe(TimeSpan time)
    {
        _last.Enqueue(time);
        if (_last.Count > Remembered)
            _last.Dequeue();
        _longest = _last.Max();
        var spread = _longest - _last.Min();
        _spread = spread > LeastSpread ? spread : LeastSpread;
    }

    /// <summary>Nothing can be told for a while: calls have arrived closer together than expected.</summary>
    public void Distrust(TimeSpan now) => _distrustedUntil = now + Distrusted;
}
