namespace KlaviyoExport.Recurrences;

/// <summary>The kinds of recurrences.</summary>
public enum RecurrenceKind
{
    /// <summary>Every <see cref="Recurrence.EveryHours"/> hours, at the minute of the first of <see cref="Recurrence.Times"/>.</summary>
    Hourly,

    /// <summary>Every day at each of <see cref="Recurrence.Times"/>.</summary>
    Daily,

    /// <summary>On <see cref="Recurrence.Days"/> at each of <see cref="Recurrence.Times"/>.</summary>
    Weekly,

    /// <summary>On <see cref="Recurrence.DayOfMonth"/> at each of <see cref="Recurrence.Times"/>.</summary>
    Monthly,

    /// <summary>At the times of the expression <see cref="Recurrence.Cron"/>.</summary>
    Cron,
}

/// <summary>
/// A rule for repeated times in a time zone. <see cref="RecurrenceRules"/> checks it, and <see cref="RecurrenceTimes"/> calculates its
/// times.
/// </summary>
public sealed record Recurrence
{
    /// <summary>The value of <see cref="DayOfMonth"/> for the last day of the month.</summary>
    public const int LastDay = 0;

    public RecurrenceKind Kind { get; init; } = RecurrenceKind.Daily;

    /// <summary>The IANA name of the time zone, such as Europe/Belgrade.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>
    /// The number of hours between times: 1, 2, 3, 4, 6, 8 or 12, which divide a day. Used by <see cref="RecurrenceKind.Hourly"/>.
    /// </summary>
    public int EveryHours { get; init; } = 1;

    /// <summary>
    /// One to four different times in whole minutes. <see cref="RecurrenceKind.Hourly"/> uses only the minute of the first one, or 0 when
    /// there is none.
    /// </summary>
    public IReadOnlyList<TimeOnly> Times { get; init; } = [];

    /// <summary>At least one day. Used by <see cref="RecurrenceKind.Weekly"/>.</summary>
    public IReadOnlyList<DayOfWeek> Days { get; init; } = [];

    /// <summary>
    /// 1 to 31, or <see cref="LastDay"/>. In a month with fewer days, the last day is used. Used by <see cref="RecurrenceKind.Monthly"/>.
    /// </summary>
    public int DayOfMonth { get; init; } = 1;

    /// <summary>
    /// A cron expression of Quartz: seconds, minutes, hours, day of month, month and day of week. Used by
    /// <see cref="RecurrenceKind.Cron"/>.
    /// </summary>
    public string? Cron { get; init; }
}
