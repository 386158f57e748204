using System.Globalization;
using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.ConfigurationFiles.Yaml;
using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of schedules in a file.</summary>
internal static class ScheduleShapes
{
    public static ItemShape<DeclaredSchedule> Schedule { get; } =
        Timed(
                new ItemShape<DeclaredSchedule>("schedule", new DeclaredSchedule())
                {
                    Check = (schedule, map, faults) =>
                    {
                        if (schedule.ToSchedule().Own is { } own && RecurrenceRules.Fault(own) is { } fault)
                            faults.Add(map.At, fault);
                        return schedule;
                    },
                }
                    .With(
                        "enabled",
                        "Whether the schedule is on. Default: false.",
                        new YesNoShape(),
                        item => item.Enabled,
                        (item, value) => item with { Enabled = value }
                    )
                    .With(
                        "repeats",
                        "How often the export runs. Default: with every system refresh.",
                        ChoiceShape.Of<Repeats>(),
                        item => item.Repeats,
                        (item, value) => item with { Repeats = value }
                    ),
                item => item.Times,
                (item, value) => item with { Times = value },
                item => item.Repeats
            )
            .With(
                "whenMissed",
                "What happens when a time passes while the product is down. Default: runOnce.",
                ChoiceShape.Of<WhenMissed>(),
                item => item.WhenMissed,
                (item, value) => item with { WhenMissed = value }
            )
            .With(
                "whenBusy",
                "What happens when a time comes while the export is still running. Default: wait.",
                ChoiceShape.Of<WhenBusy>(),
                item => item.WhenBusy,
                (item, value) => item with { WhenBusy = value }
            );

    public static ItemShape<DeclaredRefresh> Refresh { get; } =
        Timed(
            new ItemShape<DeclaredRefresh>("systemRefresh", new DeclaredRefresh())
            {
                Check = (refresh, map, faults) =>
                {
                    if (RecurrenceRules.FaultOfRefresh(refresh.Times) is { } fault)
                        faults.Add(map.At, fault);
                    return refresh;
                },
            }
                .With(
                    "enabled",
                    "Whether the schedule is on. Default: false.",
                    new YesNoShape(),
                    item => item.Enabled,
                    (item, value) => item with { Enabled = value }
                )
                .With(
                    "repeats",
                    "How often. Default: daily.",
                    ChoiceShape.Of(Repeats.WithSystemRefresh, Repeats.Hourly, Repeats.Monthly, Repeats.Cron),
                    item => item.Times.Kind.ToRepeats(),
                    (item, value) => item with { Times = item.Times with { Kind = value.ToKind() } }
                ),
            item => item.Times,
            (item, value) => item with { Times = value },
            item => item.Times.Kind.ToRepeats()
        );

    /// <summary>Adds the keys of a recurrence, each for the kinds that use it.</summary>
    private static ItemShape<T> Timed<T>(ItemShape<T> shape, Func<T, Recurrence> get, Func<T, Recurrence, T> set, Func<T, Repeats> repeats)
    {
        shape
            .With(
                "timeZone",
                "The IANA name of the time zone, such as Europe/Belgrade. Default: UTC.",
                new TextShape(60),
                item => get(item).TimeZone,
                (item, value) => set(item, get(item) with { TimeZone = value }),
                appliesTo: item => repeats(item) != Repeats.WithSystemRefresh
            )
            .With(
                "times",
                "The times of day, such as “07:30”: one to four. For hourly, only the minute counts.",
                new ListShape<TimeOnly>(new TimeShape()) { Most = 4 },
                item => get(item).Times,
                (item, value) => set(item, get(item) with { Times = value }),
                appliesTo: item => repeats(item) is Repeats.Hourly or Repeats.Daily or Repeats.Weekly or Repeats.Monthly
            )
            .With(
                "days",
                "The days of the week.",
                new ListShape<DayOfWeek>(ChoiceShape.Of<DayOfWeek>()) { Most = 7 },
                item => get(item).Days,
                (item, value) => set(item, get(item) with { Days = value }),
                appliesTo: item => repeats(item) == Repeats.Weekly
            );
        // The system refresh is daily or weekly.
        return typeof(T) == typeof(DeclaredRefresh)
            ? shape
            : shape
                .With(
                    "everyHours",
                    "The number of hours between times: 1, 2, 3, 4, 6, 8 or 12. Default: 1.",
                    new WholeShape(1, 12),
                    item => get(item).EveryHours,
                    (item, value) => set(item, get(item) with { EveryHours = value }),
                    appliesTo: item => repeats(item) == Repeats.Hourly
                )
                .With(
                    "dayOfMonth",
                    "1 to 31, or “last”. In a month with fewer days, the last day is used. Default: 1.",
                    new DayOfMonthShape(),
                    item => get(item).DayOfMonth,
                    (item, value) => set(item, get(item) with { DayOfMonth = value }),
                    appliesTo: item => repeats(item) == Repeats.Monthly
                )
                .WithOptional(
                    "cron",
                    "A cron expression of Quartz: seconds, minutes, hours, day of month, month and day of week.",
                    new TextShape(120),
                    item => get(item).Cron,
                    (item, value) => set(item, get(item) with { Cron = value }),
                    item => repeats(item) == Repeats.Cron
                );
    }

    private sealed class TimeShape : Shape<TimeOnly>
    {
        private const string Format = "HH:mm";

        public override bool TryRead(YamlNode node, FaultList faults, out TimeOnly value)
        {
            value = default;
            if (!TryText(node, faults, out var text))
                return false;
            if (TimeOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out value))
                return true;
            faults.Add(node.At, "ConfigurationFiles.TimeWanted", text);
            return false;
        }

        public override YamlNode Write(TimeOnly value) => YamlScalar.Quoted(value.ToString(Format, CultureInfo.InvariantCulture));

        public override JsonObject Schema(SchemaParts parts) =>
            new() { ["type"] = "string", ["pattern"] = "^([01][0-9]|2[0-3]):[0-5][0-9]$" };
    }

    private sealed class DayOfMonthShape : Shape<int>
    {
        private const string Last = "last";

        private static readonly WholeShape Number = new(1, 31);

        public override bool TryRead(YamlNode node, FaultList faults, out int value)
        {
            value = Recurrence.LastDay;
            return node is YamlScalar { Text: Last } || Number.TryRead(node, faults, out value);
        }

        public override YamlNode Write(int value) => value == Recurrence.LastDay ? YamlScalar.Quoted(Last) : Number.Write(value);

        public override JsonObject Schema(SchemaParts parts) =>
            new() { ["oneOf"] = new JsonArray(new JsonObject { ["const"] = Last }, Number.Schema(parts)) };
    }
}
