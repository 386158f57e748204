namespace KlaviyoExport.Recurrences;

/// <summary>Converts the local times of a time zone to points in time.</summary>
internal static class WallClock
{
    private static readonly TimeSpan Around = TimeSpan.FromDays(1);

    /// <summary>
    /// Returns the first point in time at which the clocks of the zone show a local time. When the clocks are set back and show it twice,
    /// returns the first one. When the clocks are set forward and skip it, returns the first minute after the gap.
    /// </summary>
    public static DateTimeOffset FirstShowing(DateTime wall, TimeZoneInfo zone)
    {
        var (before, after) = (zone.GetUtcOffset(Utc(wall - Around)), zone.GetUtcOffset(Utc(wall + Around)));
        // The larger UTC offset gives the earlier point in time.
        var early = Utc(wall - (before > after ? before : after));
        if (Showing(early, zone).DateTime == wall)
            return Showing(early, zone);
        var late = Utc(wall - (before > after ? after : before));
        return Showing(late, zone).DateTime == wall ? Showing(late, zone) : AfterGap(wall, early, late, zone);
    }

    /// <summary>Searches for the first whole minute after the gap.</summary>
    /// <param name="wall">The local time that the clocks skip.</param>
    /// <param name="early">A point in time at which the clocks show less than <paramref name="wall"/>.</param>
    /// <param name="late">A point in time at which the clocks show more than <paramref name="wall"/>.</param>
    /// <param name="zone">The time zone.</param>
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
