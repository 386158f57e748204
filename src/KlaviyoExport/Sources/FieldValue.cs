using System.Globalization;
using System.Text;

namespace KlaviyoExport.Sources;

/// <summary>
/// Interprets the text of values, in the same way in every language: decimal point, ISO dates (2026-11-22, also with / or .), day first
/// with dots (22.11.2026.), times with or without an offset (UTC without). Dates with slashes and the year last are ambiguous and remain
/// text.
/// </summary>
public static class FieldValue
{
    private static readonly char[] White = [' ', '\t', '\r', '\n', '\u00A0'];

    /// <summary>Whether a value is null, empty or only white space.</summary>
    public static bool IsEmpty(string? text) => text is null || text.AsSpan().Trim(White).IsEmpty;

    /// <summary>Parses a whole number of 64 bits.</summary>
    public static bool TryWhole(string text, out long value) =>
        long.TryParse(text.AsSpan().Trim(White), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public static bool TryNumber(string text, out double value) =>
        double.TryParse(
            text.AsSpan().Trim(White),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out value
        ) && double.IsFinite(value);

    /// <summary>Parses true/false, yes/no, t/f, y/n or 1/0. Case-insensitive.</summary>
    public static bool TryYesNo(string text, out bool value)
    {
        var span = text.AsSpan().Trim(White);
        value = Is(span, "true") || Is(span, "yes") || Is(span, "y") || Is(span, "t") || Is(span, "1");
        return value || Is(span, "false") || Is(span, "no") || Is(span, "n") || Is(span, "f") || Is(span, "0");

        static bool Is(ReadOnlySpan<char> span, string word) => span.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Returns the UTC day of a date or time.</summary>
    public static bool TryDay(string text, out DateOnly day) => DayParser.TryParse(text.AsSpan().Trim(White), out day, out _);

    /// <summary>Parses a date or a date and time, and returns which of the two it is.</summary>
    public static bool TryDay(string text, out DateOnly day, out bool hasTime) =>
        DayParser.TryParse(text.AsSpan().Trim(White), out day, out hasTime);

    /// <summary>
    /// Returns the form for comparisons that ignore case: case folding for all scripts, normalized accents, and no surrounding white
    /// space. Accents remain significant.
    /// </summary>
    public static string Fold(string text)
    {
        var trimmed = text.Trim(White);
        if (!Ascii.IsValid(trimmed) && !trimmed.IsNormalized(NormalizationForm.FormC))
            trimmed = trimmed.Normalize(NormalizationForm.FormC);
        return trimmed.ToUpperInvariant();
    }

    /// <summary>Returns one canonical text for each number, for comparisons with a list.</summary>
    public static string Spell(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
