using System.Globalization;
using System.Text;

namespace KlaviyoExport.Sources;

/// <summary>
/// Interprets the text of values, in the same way in every language: decimal point, ISO dates (2026-11-22, also with / or .), day first
/// with dots (22.11.2026.), times with or without an offset (UTC without). This is how values are entered and how a typed source writes
/// them. <see cref="FieldFormat"/> reads what people have written in other ways.
/// </summary>
public static class FieldValue
{
    private static readonly char[] White = [' ', '\t', '\r', '\n', '\u00A0'];

    /// <summary>Whether a value is null, empty or only white space.</summary>
    public static bool IsEmpty(string? text) => text is null || Trim(text).IsEmpty;

    /// <summary>Parses a whole number of 64 bits.</summary>
    public static bool TryWhole(ReadOnlySpan<char> text, out long value) =>
        long.TryParse(Trim(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>Parses a finite number.</summary>
    public static bool TryNumber(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(
            Trim(text),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out value
        ) && double.IsFinite(value);

    /// <summary>Parses true/false, yes/no, t/f, y/n or 1/0. Case-insensitive.</summary>
    public static bool TryYesNo(string text, out bool value)
    {
        var span = Trim(text);
        value = Is(span, "true") || Is(span, "yes") || Is(span, "y") || Is(span, "t") || Is(span, "1");
        return value || Is(span, "false") || Is(span, "no") || Is(span, "n") || Is(span, "f") || Is(span, "0");

        static bool Is(ReadOnlySpan<char> span, string word) => span.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Returns the UTC day of a date or time.</summary>
    public static bool TryDay(string text, out DateOnly day) => DayParser.TryParse(Trim(text), DayOrder.Unknown, out day, out _);

    /// <summary>Parses a date or a date and time, and returns which of the two it is.</summary>
    public static bool TryDay(string text, out DateOnly day, out bool hasTime) =>
        DayParser.TryParse(Trim(text), DayOrder.Unknown, out day, out hasTime);

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

    /// <summary>Returns the text without the white space around it.</summary>
    internal static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => text.Trim(White);

    /// <summary>Returns one canonical text for each number, for comparisons with a list.</summary>
    public static string Spell(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
