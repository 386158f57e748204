namespace KlaviyoExport.Sandbox.RateLimits;

/// <summary>The number of calls allowed in one second, in one minute and, if set, in one day.</summary>
internal sealed record Quota(int Burst, int Steady, int? Daily = null)
{
    public static Quota XSmall { get; } = new(1, 15);

    public static Quota Medium { get; } = new(10, 150);

    public static Quota Large { get; } = new(75, 750);
}
