namespace KlaviyoExport.Tests;

/// <summary>The real clock and real timers, at a time of day that a test moves.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
}
