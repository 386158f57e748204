namespace KlaviyoExport.Recurrences;

/// <summary>The clocks on the walls of a time zone.</summary>
internal static class WallClock
{
    private static readonly TimeSpan Around = TimeSpan.FromDays(1);

    /// <summary>
    /// The first moment at which the clocks show a time. One that they show twice, because they are set back, happens the first time; one
    /// that they never show, because they are set forward, happens at the first minute after the gap.
    /// </summary>
    public static DateTimeOffset FirstShowing(DateTime wall, TimeZoneInfo zone)
    {
        var (before, after) = (zone.GetUtcOffset(Utc(wall - Around)), zone.GetUtcOffset(Utc(wall + Around)));
        // The zone is further from its day's end the larger its offset is, so the larger one gives the earlier moment.
        var early = Utc(wall - (before > after ? before : after));
        if (Showing(early, zone).DateTime == wall)
            return Showing(early, zone);
        var late = Utc(wall - (before > after ? after : before));
        return Showing(late, zone).DateTime == wall ? Showing(late, zone) : AfterGap(wall, early, late, zone);
    }

    /// <param name="wall">What the clocks skip.</param>
    /// <param name="early">They show less.</param>
    /// <param name="late">They show more.</param>
    /// <param name="zone">Whose clocks.</param>
    private static DateTimeOffset AfterGap(DateTime wall, DateTimeOffset early, DateTimeOffset late, TimeZoneInfo zone)
    {
        var first = early - TimeSpan.FromTicks(early.Ticks % TimeSpan.TicksPerMinute);
        var (less, more) = (0L, (long)Math.Ceiling((late - first).TotalMinutes));
        while (more - less > 1)
        {
            var middle = (less + more) / 2;
            if (Showing(first.AddMinutes(middle), zone).DateTime < wall)
                less = middle;
            else
                more = middle;
        }
        return Showing(first.AddMinutes(more), zone);
    }

    private static DateTimeOffset Showing(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone);

    private static DateTimeOffset Utc(DateTime time) => new(time, TimeSpan.Zero);
}
