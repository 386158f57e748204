using System.Globalization;
using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;
using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>Formats a schedule in the reader's language, such as "On Monday, Thursday at 06:30 (Europe/Belgrade)".</summary>
internal static class ScheduleText
{
    public static string Of(IStringLocalizer texts, ExportSchedule schedule) =>
        schedule switch
        {
            { IsOn: false } => texts["Schedule.Off"],
            { Own: null } => texts["Schedule.Refresh"],
            { Own: { } own } => Of(texts, own),
        };

    public static string Of(IStringLocalizer texts, Recurrence recurrence)
    {
        var times = string.Join(", ", recurrence.Times.Order().Select(time => time.ToString("t", CultureInfo.CurrentCulture)));
        var zone = recurrence.TimeZone;
        return recurrence.Kind switch
        {
            RecurrenceKind.Hourly when recurrence.EveryHours == 1 => texts["Schedule.EveryHour", Minute(recurrence), zone],
            RecurrenceKind.Hourly => texts["Schedule.EveryHours", recurrence.EveryHours, Minute(recurrence), zone],
            RecurrenceKind.Daily => texts["Schedule.Daily", times, zone],
            RecurrenceKind.Weekly => texts["Schedule.Weekly", string.Join(", ", InWeek(recurrence.Days).Select(NameOf)), times, zone],
            RecurrenceKind.Monthly when recurrence.DayOfMonth == Recurrence.LastDay => texts["Schedule.MonthEnd", times, zone],
            RecurrenceKind.Monthly => texts["Schedule.Monthly", recurrence.DayOfMonth, times, zone],
            _ => texts["Schedule.Cron", recurrence.Cron ?? "", zone],
        };
    }

    /// <summary>Returns days sorted from the first day of the week in the reader's culture.</summary>
    public static IEnumerable<DayOfWeek> InWeek(IEnumerable<DayOfWeek> days)
    {
        var first = (int)CultureInfo.CurrentCulture.DateTimeFormat.FirstDayOfWeek;
        return days.OrderBy(day => ((int)day - first + 7) % 7);
    }

    public static string NameOf(DayOfWeek day) => CultureInfo.CurrentUICulture.DateTimeFormat.GetDayName(day);

    private static string Minute(Recurrence recurrence) =>
        (recurrence.Times.Count == 0 ? 0 : recurrence.Times[0].Minute).ToString("00", CultureInfo.InvariantCulture);
}
