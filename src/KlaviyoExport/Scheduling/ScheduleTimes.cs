using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;

namespace KlaviyoExport.Scheduling;

public static class ScheduleTimes
{
    /// <summary>
    /// What an export keeps as <see cref="Export.NextRunAt"/>: the next time of its own schedule; null when it has none, it is off, or it
    /// has ended.
    /// </summary>
    /// <exception cref="LocalizedException">The recurrence has a fault.</exception>
    public static DateTimeOffset? NextRunAt(this ExportSchedule schedule, DateTimeOffset after) =>
        schedule is { IsOn: true, Own: { } own } && own.Next(after, 1) is [var next] ? next.ToUniversalTime() : null;
}
