using System.Globalization;
using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;

namespace KlaviyoExport.Scheduling;

/// <summary>Describes schedules for the audit, in the language of its reader.</summary>
internal static class ScheduleMessages
{
    public static LocalizedMessage Of(ExportSchedule schedule) =>
        schedule switch
        {
            { IsOn: false } => Off,
            { Own: { } own } => Of(own),
            _ => new LocalizedMessage("Scheduling.WithRefresh"),
        };

    public static LocalizedMessage Of(RefreshPlan plan) => plan.IsOn ? Of(plan.Recurrence) : Off;

    private static LocalizedMessage Off => new("Scheduling.Off");

    private static LocalizedMessage Of(Recurrence recurrence)
    {
        var times = string.Join(", ", recurrence.Times.Order().Select(time => time.ToString("HH:mm", CultureInfo.InvariantCulture)));
        var zone = recurrence.TimeZone;
        return recurrence.Kind switch
        {
            RecurrenceKind.Hourly => new LocalizedMessage("Scheduling.Hourly", recurrence.EveryHours, Minute(recurrence), zone),
            RecurrenceKind.Daily => new LocalizedMessage("Scheduling.Daily", times, zone),
            RecurrenceKind.Weekly => new LocalizedMessage("Scheduling.Weekly", DaysOf(recurrence), times, zone),
            RecurrenceKind.Monthly when recurrence.DayOfMonth == Recurrence.LastDay => new LocalizedMessage(
                "Scheduling.MonthEnd",
                times,
                zone
            ),
            RecurrenceKind.Monthly => new LocalizedMessage("Scheduling.Monthly", recurrence.DayOfMonth, times, zone),
            _ => new LocalizedMessage("Scheduling.Cron", recurrence.Cron, zone),
        };
    }

    private static LocalizedMessage DaysOf(Recurrence recurrence) =>
        recurrence
            .Days.Order()
            .Select(day => new LocalizedMessage($"Scheduling.Day.{day}"))
            .Aggregate((before, next) => new LocalizedMessage("Scheduling.Listed", before, next));

    private static string Minute(Recurrence recurrence) =>
        (recurrence.Times.Count == 0 ? 0 : recurrence.Times[0].Minute).ToString("00", CultureInfo.InvariantCulture);
}
