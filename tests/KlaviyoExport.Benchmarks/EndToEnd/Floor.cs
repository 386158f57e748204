namespace KlaviyoExport.Benchmarks.EndToEnd;

/// <summary>
/// The shortest time in which Klaviyo takes a number of imports: calls divided by the burst limit of 10 a second, a whole minute for each
/// 150 calls, and the answer to the last one.
/// </summary>
internal static class Floor
{
    private const double Burst = 10;
    private const int Steady = 150;

    public static TimeSpan Of(int imports, TimeSpan latency)
    {
        if (imports == 0)
            return TimeSpan.Zero;
        var minutes = (imports - 1) / Steady;
        return TimeSpan.FromMinutes(minutes) + TimeSpan.FromSeconds((imports - (minutes * Steady)) / Burst) + latency;
    }
}
