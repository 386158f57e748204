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

/// <summary>
/// How the dates and numbers of a field are written in its source. Every value that is compared, or sent as a date or a number, is read
/// through the format of its field.
/// <para>
/// Dates: the year first (2026-11-22, also with / or .), day first with dots (22.11.2026.), and with a known order also 22/11/2026 and
/// 22-11-2026. A time may follow, with an offset or AM and PM; without an offset it is in UTC. The year has four digits: 22/11/26 is not a
/// date, because its century would be a guess.
/// </para>
/// <para>
/// Numbers: thousands may be separated by the other mark, spaces or apostrophes, always in groups of three and by one character throughout
/// (1.234.567,50; 1 234,50). A number with a currency or percent sign is text, because the sign is a part of what it says.
/// </para>
/// </summary>
/// <param name="Days">The order of day and month.</param>
/// <param name="Mark">The decimal mark.</param>
public sealed record FieldFormat(DayOrder Days, DecimalMark Mark)
{
    /// <summary>Dates with the year first or dots, and the decimal point.</summary>
    public static FieldFormat Standard { get; } = new(DayOrder.Unknown, DecimalMark.Point);

    /// <summary>Parses a whole number of 64 bits.</summary>
    public bool TryWhole(string text, out long value) => NumberParser.TryWhole(text, Mark, out value);

    /// <summary>Parses a finite number.</summary>
    public bool TryNumber(string text, out double value) => NumberParser.TryNumber(text, Mark, out value);

    /// <summary>Parses a date or a date and time to its UTC day, and returns which of the two it is.</summary>
    public bool TryDay(string text, out DateOnly day, out bool hasTime) =>
        DayParser.TryParse(FieldValue.Trim(text), Days, out day, out hasTime);

    /// <summary>Parses a date or a date and time. A date is its first moment, in UTC.</summary>
    public bool TryMoment(string text, out DateTimeOffset moment) => DayParser.TryMoment(FieldValue.Trim(text), Days, out moment);
}
