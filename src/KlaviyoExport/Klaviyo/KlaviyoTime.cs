namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Tells the time by Klaviyo's clock, as the Date headers of its responses give it: this machine's clock may be wrong, and Klaviyo says by
/// its own when somebody joined a list.
/// </summary>
public sealed class KlaviyoTime(TimeProvider clock)
{
    // A Date header has whole seconds, and the response was on its way for a while.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);
    private long _aheadTicks;

    /// <summary>The time by Klaviyo's clock. By this machine's clock until Klaviyo has responded once.</summary>
    public DateTimeOffset GetUtcNow() => clock.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));

    /// <summary>Compares the clocks.</summary>
    /// <param name="date">The Date header of a response that has just arrived. Null when it has none.</param>
    internal void Observe(DateTimeOffset? date)
    {
        if (date - clock.GetUtcNow() is { } ahead)
            Interlocked.Exchange(ref _aheadTicks, ahead.Duration() <= Tolerance ? 0 : ahead.Ticks);
    }
}
