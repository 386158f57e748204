using Quartz;

namespace KlaviyoExport.Recurrences;

/// <summary>The moments of a recurrence, with the offsets of its time zone.</summary>
public static class RecurrenceTimes
{
    /// <summary>
    /// The next times after a moment, in order: the moments at which the clocks of the time zone first show the times of the recurrence,
    /// or, where they skip one, the first minute they show after it. Fewer than asked for, or none, where a cron expression ends.
    /// </summary>
    /// <exception cref="LocalizedException">The recurrence has a fault (see <see cref="RecurrenceRules"/>).</exception>
    public static IReadOnlyList<DateTimeOffset> Next(this Recurrence recurrence, DateTimeOffset after, int count) =>
        [.. recurrence.After(after).Take(count)];

    /// <summary>All times after a moment; most recurrences never end.</summary>
    /// <exception cref="LocalizedException">The recurrence has a fault.</exception>
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
        // From a day back, for a time that is skipped happens later than it says.
        foreach (var wall in Shown(recurrence, TimeZoneInfo.ConvertTime(after, zone).DateTime.AddDays(-1)))
        {
            // Two times fall together where the first is skipped.
            if (WallClock.FirstShowing(wall, zone) is var at && at > last)
                yield return last = at;
        }
    }

    /// <summary>What the clocks show, in order.</summary>
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
        // Read as if there were no daylight saving; what the clocks make of it is decided above, as for every kind.
        var expression = new CronExpression(cron, TimeZoneInfo.Utc);
        for (var at = Next(from); at is { } next; at = Next(next.DateTime))
            yield return next.DateTime;

        DateTimeOffset? Next(DateTime after) => expression.GetNextValidTimeAfter(new DateTimeOffset(after, TimeSpan.Zero));
    }
}
