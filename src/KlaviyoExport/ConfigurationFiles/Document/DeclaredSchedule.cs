using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Scheduling;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>When an export repeats: with the system refresh or at times of its own.</summary>
internal enum Repeats
{
    WithSystemRefresh,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Cron,
}

/// <summary>The schedule of an export in a configuration file.</summary>
internal sealed record DeclaredSchedule
{
    public bool Enabled { get; init; }

    public Repeats Repeats { get; init; }

    /// <summary>The times of the schedule. Its kind is in <see cref="Repeats"/>.</summary>
    public Recurrence Times { get; init; } = new();

    public WhenMissed WhenMissed { get; init; }

    public WhenBusy WhenBusy { get; init; }

    public ExportSchedule ToSchedule() =>
        new()
        {
            IsOn = Enabled,
            Own = Repeats == Repeats.WithSystemRefresh ? null : Times with { Kind = Repeats.ToKind() },
            WhenMissed = WhenMissed,
            WhenBusy = WhenBusy,
        };

    public static DeclaredSchedule Of(ExportSchedule schedule) =>
        new()
        {
            Enabled = schedule.IsOn,
            Repeats = schedule.Own is { } own ? own.Kind.ToRepeats() : Repeats.WithSystemRefresh,
            Times = schedule.Own ?? new Recurrence(),
            WhenMissed = schedule.WhenMissed,
            WhenBusy = schedule.WhenBusy,
        };
}

/// <summary>The schedule of the system refresh in a configuration file.</summary>
internal sealed record DeclaredRefresh
{
    public bool Enabled { get; init; }

    /// <summary>Daily or weekly.</summary>
    public Recurrence Times { get; init; } = new();

    public static DeclaredRefresh Of(RefreshPlan plan) => new() { Enabled = plan.IsOn, Times = plan.Recurrence };
}

internal static class RepeatsKinds
{
    public static RecurrenceKind ToKind(this Repeats repeats) =>
        repeats switch
        {
            Repeats.Hourly => RecurrenceKind.Hourly,
            Repeats.Weekly => RecurrenceKind.Weekly,
            Repeats.Monthly => RecurrenceKind.Monthly,
            Repeats.Cron => RecurrenceKind.Cron,
            _ => RecurrenceKind.Daily,
        };

    public static Repeats ToRepeats(this RecurrenceKind kind) =>
        kind switch
        {
            RecurrenceKind.Hourly => Repeats.Hourly,
            RecurrenceKind.Weekly => Repeats.Weekly,
            RecurrenceKind.Monthly => Repeats.Monthly,
            RecurrenceKind.Cron => Repeats.Cron,
            _ => Repeats.Daily,
        };
}
