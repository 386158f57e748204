using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;

namespace KlaviyoExport.ConfigurationFiles.Document;

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
