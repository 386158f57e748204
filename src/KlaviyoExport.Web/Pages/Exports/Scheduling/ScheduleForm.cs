using System.Globalization;
using System.Text.Json.Serialization;
using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;

namespace KlaviyoExport.Web.Pages.Exports.Scheduling;

/// <summary>The form of a schedule. It keeps the input of all kinds of recurrence, so that switching between them loses nothing.</summary>
public sealed class ScheduleForm
{
    public const int MostTimes = 4;

    public static IReadOnlyList<int> HourSteps { get; } = [1, 2, 3, 4, 6, 8, 12];

    public bool IsOn { get; set; }

    public bool FollowsRefresh { get; set; } = true;

    public RecurrenceKind Kind { get; set; } = RecurrenceKind.Daily;

    public string TimeZone { get; set; } = HomeZone();

    public int EveryHours { get; set; } = 1;

    public int Minute { get; set; }

    /// <summary>The times of day in the format of a time input: 06:30. Empty entries are ignored.</summary>
    [JsonInclude]
    public List<string> Times { get; private init; } = ["06:00"];

    [JsonInclude]
    public HashSet<DayOfWeek> Days { get; private init; } = [];

    public int DayOfMonth { get; set; } = 1;

    public string Cron { get; set; } = "";

    public WhenMissed WhenMissed { get; set; }

    public WhenBusy WhenBusy { get; set; }

    public static ScheduleForm Of(ExportSchedule schedule)
    {
        var form = new ScheduleForm
        {
            IsOn = schedule.IsOn,
            FollowsRefresh = schedule.Own is null,
            WhenMissed = schedule.WhenMissed,
            WhenBusy = schedule.WhenBusy,
        };
        return schedule.Own is { } own ? form.With(own) : form;
    }

    public ExportSchedule ToSchedule() =>
        new()
        {
            IsOn = IsOn,
            Own = FollowsRefresh ? null : ToRecurrence(),
            WhenMissed = WhenMissed,
            WhenBusy = WhenBusy,
        };

    public Recurrence ToRecurrence()
    {
        var recurrence = new Recurrence { Kind = Kind, TimeZone = TimeZone.Trim() };
        return Kind switch
        {
            RecurrenceKind.Hourly => recurrence with { EveryHours = EveryHours, Times = [new TimeOnly(0, Math.Clamp(Minute, 0, 59))] },
            RecurrenceKind.Weekly => recurrence with { Days = [.. Days.Order()], Times = Parsed() },
            RecurrenceKind.Monthly => recurrence with { DayOfMonth = DayOfMonth, Times = Parsed() },
            RecurrenceKind.Cron => recurrence with { Cron = Cron.Trim() },
            _ => recurrence with { Times = Parsed() },
        };
    }

    /// <summary>Returns the fault that prevents saving. Null when the form can be saved.</summary>
    public LocalizedMessage? Fault() => FollowsRefresh ? null : RecurrenceRules.Fault(ToRecurrence());

    private ScheduleForm With(Recurrence own)
    {
        (Kind, TimeZone, EveryHours, DayOfMonth, Cron) = (own.Kind, own.TimeZone, own.EveryHours, own.DayOfMonth, own.Cron ?? "");
        Days.UnionWith(own.Days);
        if (own.Times.Count == 0)
            return this;
        Minute = own.Times[0].Minute;
        if (own.Kind == RecurrenceKind.Hourly)
            return this;
        Times.Clear();
        Times.AddRange(own.Times.Order().Select(time => time.ToString("HH:mm", CultureInfo.InvariantCulture)));
        return this;
    }

    private List<TimeOnly> Parsed() =>
        [
            .. Times
                .Select(text => TimeOnly.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : (TimeOnly?)null)
                .OfType<TimeOnly>()
                .Order(),
        ];

    /// <summary>
    /// Returns the default time zone: that of the server, which is most likely that of its users. UTC if a recurrence cannot use it.
    /// </summary>
    private static string HomeZone() =>
        RecurrenceRules.Fault(new Recurrence { Times = [default], TimeZone = TimeZoneInfo.Local.Id }) is null
            ? TimeZoneInfo.Local.Id
            : TimeZoneInfo.Utc.Id;
}
