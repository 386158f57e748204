using KlaviyoExport.Recurrences;

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

/// <summary>Converts between the words of a file and the kinds of recurrences.</summary>
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
