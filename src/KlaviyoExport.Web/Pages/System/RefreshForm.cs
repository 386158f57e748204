using KlaviyoExport.Recurrences;
using KlaviyoExport.Scheduling;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>The plan of the refresh while an administrator changes it.</summary>
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

    public static RefreshForm Of(FilledIn filled)
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
            // From Monday on, whatever the order in which they were chosen.
            Days = IsWeekly ? [.. Days.OrderBy(day => ((int)day + 6) % 7)] : [],
        };

    /// <summary>The first thing amiss; null when it can be saved.</summary>
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

    /// <summary>All of it, with where the person began.</summary>
    public FilledIn Read() => new(_stored, IsOn, IsWeekly, TimeZone, [.. Days], [.. Times.Select(shown => shown.Time)]);

    public sealed record FilledIn(RefreshPlan Stored, bool IsOn, bool IsWeekly, string TimeZone, DayOfWeek[] Days, TimeOnly?[] Times);

    private static bool Same(Recurrence one, Recurrence other) =>
        one.Kind == other.Kind
        && one.TimeZone == other.TimeZone
        && one.Times.SequenceEqual(other.Times)
        && one.Days.SequenceEqual(other.Days);
}

/// <summary>One of the times of day; null while it is not filled in.</summary>
public sealed class TimeField(TimeOnly time)
{
    public TimeOnly? Time { get; set; } = time;
}
