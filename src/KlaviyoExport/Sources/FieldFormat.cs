using System.Text.Json.Serialization;

namespace KlaviyoExport.Sources;

/// <summary>The order of day and month in dates that can be read in both ways, such as 03/04/2026.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DayOrder>))]
public enum DayOrder
{
    /// <summary>Such values are not dates.</summary>
    Unknown,
    DayFirst,
    MonthFirst,
}

/// <summary>The character before the decimals of a number. The other one separates thousands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DecimalMark>))]
public enum DecimalMark
{
    Point,
    Comma,
}

/// <summary>How the dates and numbers of a field are written in its source.</summary>
/// <param name="Days">The order of day and month.</param>
/// <param name="Mark">The decimal mark.</param>
public sealed record FieldFormat(DayOrder Days, DecimalMark Mark)
{
    /// <summary>The forms of <see cref="FieldValue"/>: ISO dates, day first with dots, decimal point.</summary>
    public static FieldFormat Standard { get; } = new(DayOrder.Unknown, DecimalMark.Point);

    /// <summary>Parses a whole number of 64 bits.</summary>
    public bool TryWhole(string text, out long value) => FieldValue.TryWhole(WithPoint(text), out value);

    /// <summary>Parses a finite number.</summary>
    public bool TryNumber(string text, out double value) => FieldValue.TryNumber(WithPoint(text), out value);

    /// <summary>Parses a date or a date and time to its UTC day, and returns which of the two it is.</summary>
    public bool TryDay(string text, out DateOnly day, out bool hasTime) => FieldValue.TryDay(YearFirst(text), out day, out hasTime);

    private string WithPoint(string text) =>
        Mark == DecimalMark.Comma ? text.Replace(".", "", StringComparison.Ordinal).Replace(',', '.') : text;

    private string YearFirst(string text) =>
        Days != DayOrder.Unknown && text.Trim().Split('/') is [var first, var second, { Length: >= 4 } rest]
            ? Days == DayOrder.DayFirst
                ? $"{rest[..4]}-{second}-{first}{rest[4..]}"
                : $"{rest[..4]}-{first}-{second}{rest[4..]}"
            : text;
}
