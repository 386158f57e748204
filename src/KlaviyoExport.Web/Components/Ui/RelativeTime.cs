using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Components.Ui;

/// <summary>Formats time spans in words, in the reader's language with its plural forms.</summary>
internal static class RelativeTime
{
    /// <summary>Formats the distance of a time from now, such as "9 days ago".</summary>
    /// <param name="texts">The shared texts.</param>
    /// <param name="distance">The distance. Negative for the past.</param>
    public static string Words(IStringLocalizer texts, TimeSpan distance)
    {
        var length = distance.Duration();
        var direction = distance < TimeSpan.Zero ? "Ago" : "In";
        return length switch
        {
            { TotalSeconds: < 45 } => texts[$"{direction}.Moments"],
            { TotalMinutes: < 60 } => Of("Minute", Math.Max(1, (int)Math.Round(length.TotalMinutes))),
            { TotalHours: < 24 } => Of("Hour", (int)Math.Round(length.TotalHours)),
            _ => Of("Day", (int)Math.Round(length.TotalDays)),
        };

        string Of(string unit, int count) => texts[$"{direction}.{unit}", count];
    }

    /// <summary>Formats a duration, such as "2 min 5 s".</summary>
    public static string Length(IStringLocalizer texts, TimeSpan length) =>
        length switch
        {
            { TotalSeconds: < 60 } => texts["Length.Seconds", Math.Max(1, (int)Math.Ceiling(length.TotalSeconds))],
            { TotalMinutes: < 60 } => texts["Length.Minutes", (int)length.TotalMinutes, length.Seconds],
            _ => texts["Length.Hours", (int)length.TotalHours, length.Minutes],
        };
}
