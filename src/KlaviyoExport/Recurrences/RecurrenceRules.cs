using Quartz;

namespace KlaviyoExport.Recurrences;

/// <summary>Validates recurrences.</summary>
public static class RecurrenceRules
{
    private const int MostTimes = 4;

    private static readonly int[] DividesADay = [1, 2, 3, 4, 6, 8, 12];

    private static readonly DateTimeOffset Long = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Returns the first fault of the recurrence. Null when it is valid.</summary>
    public static LocalizedMessage? Fault(Recurrence recurrence)
    {
        if (!IsTimeZone(recurrence.TimeZone))
            return new LocalizedMessage("Scheduling.TimeZoneUnknown", recurrence.TimeZone);
        return recurrence.Kind switch
        {
            RecurrenceKind.Hourly => DividesADay.Contains(recurrence.EveryHours)
                ? null
                : new LocalizedMessage("Scheduling.EveryHoursInvalid"),
            RecurrenceKind.Weekly when recurrence.Days.Count == 0 => new LocalizedMessage("Scheduling.DaysNeeded"),
            RecurrenceKind.Monthly when recurrence.DayOfMonth is not (Recurrence.LastDay or (>= 1 and <= 31)) => new LocalizedMessage(
                "Scheduling.DayOfMonthInvalid"
            ),
            RecurrenceKind.Cron => FaultOfCron(recurrence.Cron?.Trim()),
            _ => FaultOfTimes(recurrence.Times),
        };
    }

    /// <summary>
    /// Returns the first fault of the recurrence of a system refresh, which must be daily or weekly. Null when it is valid.
    /// </summary>
    public static LocalizedMessage? FaultOfRefresh(Recurrence recurrence) =>
        recurrence.Kind is RecurrenceKind.Daily or RecurrenceKind.Weekly
            ? Fault(recurrence)
            : new LocalizedMessage("Scheduling.RefreshDailyOrWeekly");

    private static LocalizedMessage? FaultOfTimes(IReadOnlyList<TimeOnly> times)
    {
        if (times.Count is 0 or > MostTimes || times.Distinct().Count() != times.Count)
            return new LocalizedMessage("Scheduling.TimesNeeded", MostTimes);
        return times.Any(time => time.Ticks % TimeSpan.TicksPerMinute != 0) ? new LocalizedMessage("Scheduling.WholeMinutes") : null;
    }

    private static LocalizedMessage? FaultOfCron(string? cron)
    {
        if (string.IsNullOrEmpty(cron) || !CronExpression.TryParse(cron, out var expression))
            return new LocalizedMessage("Scheduling.CronInvalid", cron ?? "");
        // A single number of seconds limits the expression to once a minute. More frequent times have no use, because a run takes longer.
        if (!byte.TryParse(cron.Split(' ', '\t')[0], out _))
            return new LocalizedMessage("Scheduling.CronTooOften");
        return expression.WithTimeZone(TimeZoneInfo.Utc).GetNextValidTimeAfter(Long) is null
            ? new LocalizedMessage("Scheduling.NeverHappens", cron)
            : null;
    }

    /// <summary>Whether the server knows the time zone under this IANA name.</summary>
    private static bool IsTimeZone(string? name) =>
        !string.IsNullOrEmpty(name)
        && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
        && (name == TimeZoneInfo.Utc.Id || (zone.HasIanaId && !TimeZoneInfo.TryConvertWindowsIdToIanaId(name, out _)));
}
