namespace KlaviyoExport.Tests;

/// <summary>The real clock and real timers, with a time of day that a test moves.</summary>
internal class ShiftedClock : TimeProvider
{
    private long _shift;

    public TimeSpan Shift
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _shift));
        set => Interlocked.Exchange(ref _shift, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
