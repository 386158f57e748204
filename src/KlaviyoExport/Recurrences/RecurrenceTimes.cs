using Quartz;

namespace KlaviyoExport.Recurrences;

/// <summary>Calculates the times of a recurrence, with the UTC offsets of its time zone.</summary>
public static class RecurrenceTimes
{
    /// <summary>
    /// Returns the next times after a point in time, in order. When the clocks are set back and show a time twice, the first one counts.
    /// When the clocks are set forward and skip a time, the first minute after the gap counts. Returns fewer times than requested, or
    /// none, when a cron expression ends.
    /// </summary>
    /// <exception cref="LocalizedException">The recurrence is not valid (see <see cref="RecurrenceRules"/>).</exception>
    public static IReadOnlyList<DateTimeOffset> Next(this Recurrence recurrence, DateTimeOffset after, int count) =>
        [.. recurrence.After(after).Take(count)];

    /// <summary>Returns all times after a point in time. The sequence of most recurrences does not end.</summary>
    /// <exception cref="LocalizedException">The recurrence is not valid.</exception>
    internal static IEnumerable<DateTimeOffset> After(this Recurrence recurrence, DateTimeOffset after)
    {
        if (RecurrenceRules.Fault(recurrence) is { } fault)
            throw new LocalizedException(fault);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(recurrence.TimeZone);
        return Moments(recurrence, after, TimeZoneInfo.FindSystemTimeZoneById(recurrence.TimeZone));
    }

    private static IEnumerable<DateTimeOffset> Moments(Recurrence recurrence, DateTimeOffset after, TimeZoneInfo zone)
    {
        var last = after;
        // Start one day earlier: a time that the clocks skip occurs later than its local time says.
        foreach (var wall in Shown(recurrence, TimeZoneInfo.ConvertTime(after, zone).DateTime.AddDays(-1)))
        {
            // A skipped time and the first time after the gap can be the same.
            if (WallClock.FirstShowing(wall, zone) is var at && at > last)
                yield return last = at;
        }
    }

    /// <summary>Returns the local times of the recurrence, in order.</summary>
    private static IEnumerable<DateTime> Shown(Recurrence recurrence, DateTime from) =>
        recurrence.Kind == RecurrenceKind.Cron ? ByCron(recurrence.Cron!, from) : ByDays(recurrence, DateOnly.FromDateTime(from));

    private static IEnumerable<DateTime> ByDays(Recurrence recurrence, DateOnly from)
    {
        var times = TimesOfDay(recurrence);
        for (var day = from; day < DateOnly.MaxValue; day = day.AddDays(1))
        {
            if (!Falls(recurrence, day))
                continue;
            foreach (var time in times)
                yield return day.ToDateTime(time);
        }
    }

    private static List<TimeOnly> TimesOfDay(Recurrence recurrence) =>
        recurrence.Kind == RecurrenceKind.Hourly
            ?
            [
                .. Enumerable
                    .Range(0, 24 / recurrence.EveryHours)
                    .Select(turn => new TimeOnly(
                        turn * recurrence.EveryHours,
                        recurrence.Times.Count == 0 ? 0 : recurrence.Times[0].Minute
                    )),
            ]
            : [.. recurrence.Times.Order()];

    private static bool Falls(Recurrence recurrence, DateOnly day) =>
        recurrence.Kind switch
        {
            RecurrenceKind.Weekly => recurrence.Days.Contains(day.DayOfWeek),
            RecurrenceKind.Monthly => day.Day == DayIn(recurrence, DateTime.DaysInMonth(day.Year, day.Month)),
            _ => true,
        };

    private static int DayIn(Recurrence recurrence, int lastDay) =>
        recurrence.DayOfMonth == Recurrence.LastDay ? lastDay : Math.Min(recurrence.DayOfMonth, lastDay);

    private static IEnumerable<DateTime> ByCron(string cron, DateTime from)
    {
        // Evaluate the expression without daylight saving time. The caller converts local times in the same way for every kind.
        var expression = new CronExpression(cron, TimeZoneInfo.Utc);
        for (var at = Next(from); at is { } next; at = Next(next.DateTime))
            yield return next.DateTime;

        DateTimeOffset? Next(DateTime after) => expression.GetNextValidTimeAfter(new DateTimeOffset(after, TimeSpan.Zero));
    }
}
