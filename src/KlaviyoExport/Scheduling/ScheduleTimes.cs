using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;

namespace KlaviyoExport.Scheduling;

/// <summary>Calculates the next times of export schedules.</summary>
public static class ScheduleTimes
{
    /// <summary>
    /// Returns the value of <see cref="Export.NextRunAt"/>: the next time of the export's own schedule, in UTC. Null when it has no own
    /// schedule, the schedule is off, or its cron expression has ended.
    /// </summary>
    /// <exception cref="LocalizedException">The recurrence is not valid.</exception>
    public static DateTimeOffset? NextRunAt(this ExportSchedule schedule, DateTimeOffset after) =>
        schedule is { IsOn: true, Own: { } own } && own.Next(after, 1) is [var next] ? next.ToUniversalTime() : null;
}
