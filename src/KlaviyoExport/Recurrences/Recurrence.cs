namespace KlaviyoExport.Recurrences;

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

    /// <summary>By <see cref="Recurrence.Cron"/>.</summary>
    Cron,
}

/// <summary>When something happens again and again, on the clocks of a time zone.</summary>
public sealed record Recurrence
{
    /// <summary>The day of the month that stands for its last.</summary>
    public const int LastDay = 0;

    public RecurrenceKind Kind { get; init; } = RecurrenceKind.Daily;

    /// <summary>IANA name, such as Europe/Belgrade.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>1, 2, 3, 4, 6, 8 or 12: what divides a day.</summary>
    public int EveryHours { get; init; } = 1;

    /// <summary>One to four, different.</summary>
    public IReadOnlyList<TimeOnly> Times { get; init; } = [];

    public IReadOnlyList<DayOfWeek> Days { get; init; } = [];

    /// <summary>1 to 31, or <see cref="LastDay"/>. A month that is too short is served on its last day.</summary>
    public int DayOfMonth { get; init; } = 1;

    /// <summary>Quartz's cron expression: seconds, minutes, hours, day of month, month, day of week.</summary>
    public string? Cron { get; init; }
}
