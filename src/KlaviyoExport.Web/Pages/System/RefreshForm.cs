using KlaviyoExport.Recurrences;
using KlaviyoExport.Scheduling;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>The form with the schedule of the system refresh.</summary>
public sealed class RefreshForm
{
    public const int MostTimes = 4;

    private readonly RefreshPlan _stored;

    public RefreshForm(RefreshPlan stored)
    {
        _stored = stored;
        IsOn = stored.IsOn;
        IsWeekly = stored.Recurrence.Kind == RecurrenceKind.Weekly;
        TimeZone = stored.Recurrence.TimeZone;
        Days = [.. stored.Recurrence.Days];
        Times = [.. stored.Recurrence.Times.Order().Select(time => new TimeField(time))];
    }

    public static RefreshForm Of(FormState filled)
    {
        var form = new RefreshForm(filled.Stored)
        {
            IsOn = filled.IsOn,
            IsWeekly = filled.IsWeekly,
            TimeZone = filled.TimeZone,
        };
        form.Days.Clear();
        form.Days.UnionWith(filled.Days);
        form.Times.Clear();
        form.Times.AddRange(filled.Times.Select(time => new TimeField(time ?? default) { Time = time }));
        return form;
    }

    public bool IsOn { get; set; }

    public bool IsWeekly { get; set; }

    public string TimeZone { get; set; }

    public HashSet<DayOfWeek> Days { get; }

    public List<TimeField> Times { get; }

    public Recurrence Recurrence =>
        new()
        {
            Kind = IsWeekly ? RecurrenceKind.Weekly : RecurrenceKind.Daily,
            TimeZone = TimeZone,
            Times = [.. Times.Select(shown => shown.Time).OfType<TimeOnly>().Order()],
            // Sorted from Monday on, whatever the order in which the days were chosen.
            Days = IsWeekly ? [.. Days.OrderBy(day => ((int)day + 6) % 7)] : [],
        };

    /// <summary>The first fault of the form. Null when it can be saved.</summary>
    public LocalizedMessage? Fault =>
        Times.Any(shown => shown.Time is null)
            ? new LocalizedMessage("Scheduling.TimesNeeded", MostTimes)
            : RecurrenceRules.FaultOfRefresh(Recurrence);

    public bool IsDirty => IsOn != _stored.IsOn || !Same(Recurrence, new RefreshForm(_stored).Recurrence);

    public void AddTime() =>
        Times.Add(new TimeField(Times.Count > 0 && Times[^1].Time is { } last ? last.AddHours(6) : new TimeOnly(2, 0)));

    public RefreshPlan ToPlan() =>
        new()
        {
            IsOn = IsOn,
            Recurrence = Recurrence,
            Version = _stored.Version,
        };

    /// <summary>Returns the content of the form, with the stored schedule that the changes are based on.</summary>
    public FormState Read() => new(_stored, IsOn, IsWeekly, TimeZone, [.. Days], [.. Times.Select(shown => shown.Time)]);

    /// <summary>The content of the form as it is kept in the browser.</summary>
    public sealed record FormState(RefreshPlan Stored, bool IsOn, bool IsWeekly, string TimeZone, DayOfWeek[] Days, TimeOnly?[] Times);

    private static bool Same(Recurrence one, Recurrence other) =>
        one.Kind == other.Kind
        && one.TimeZone == other.TimeZone
        && one.Times.SequenceEqual(other.Times)
        && one.Days.SequenceEqual(other.Days);
}

/// <summary>The input field of a time of day.</summary>
public sealed class TimeField(TimeOnly time)
{
    /// <summary>The time of day. Null while the field is empty.</summary>
    public TimeOnly? Time { get; set; } = time;
}
