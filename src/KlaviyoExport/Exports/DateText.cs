using System.Globalization;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Exports;

/// <summary>
/// Converts dates of a source to those that Klaviyo recognizes. Klaviyo stores everything else as text, silently, and takes a day without a
/// time as midnight in UTC, which is another day in an account west of Greenwich.
/// </summary>
internal static class DateText
{
    /// <summary>Reads a day, or a day with a time. A time without an offset is in UTC, as everywhere in the product.</summary>
    /// <param name="text">The text.</param>
    /// <param name="format">How the source writes dates.</param>
    /// <param name="zone">The time zone of the account. Null when it is not known.</param>
    /// <returns>
    /// A day as its first moment in the time zone, or as a day when the zone is not known. A time with its offset. Null when the text is no
    /// date.
    /// </returns>
    public static object? Read(string text, FieldFormat format, TimeZoneInfo? zone)
    {
        text = text.Trim();
        if (!format.TryDay(text, out var day, out var hasTime))
            return null;
        if (hasTime)
            return Moment(text, format);
        return zone is null ? day : WallClock.FirstShowing(day.ToDateTime(TimeOnly.MinValue), zone);
    }

    private static DateTimeOffset? Moment(string text, FieldFormat format)
    {
        var end = text.IndexOfAny(['T', 't', ' ']);
        // The day as written. The whole text gives the day in UTC.
        if (end < 0 || !format.TryDay(text[..end], out var day, out var hasTime) || hasTime)
            return null;
        var time = text[(end + 1)..].Trim().Replace(',', '.');
        if (time.EndsWith("UTC", StringComparison.OrdinalIgnoreCase))
            time = time[..^3].TrimEnd() + "Z";
        return DateTimeOffset.TryParse(
            string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}T{WithWholeOffset(time)}"),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var moment
        )
            ? moment
            : null;
    }

    /// <summary>Writes +01 and +0100 as +01:00.</summary>
    private static string WithWholeOffset(string time)
    {
        var sign = time.LastIndexOfAny(['+', '-']);
        if (sign < 0 || time.AsSpan(sign).Contains(':'))
            return time;
        return (time.Length - sign) switch
        {
            3 => time + ":00",
            5 => time.Insert(sign + 3, ":"),
            _ => time,
        };
    }
}
