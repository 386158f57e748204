using System.Globalization;
using System.Text;

namespace KlaviyoExport.Sources;

/// <summary>
/// What the text of a value means, in every language the same: decimal point, ISO dates (2026-11-22, also with / or .), day first where
/// dots follow it (22.11.2026.), times with or without an offset (without: UTC). Slashes with the year last are ambiguous and stay text.
/// </summary>
public static class FieldValue
{
    private static readonly char[] White = [' ', '\t', '\r', '\n', '\u00A0'];

    /// <summary>Nothing, or nothing but white space.</summary>
    public static bool IsEmpty(string? text) => text is null || text.AsSpan().Trim(White).IsEmpty;

    /// <summary>A whole number that fits 64 bits.</summary>
    public static bool TryWhole(string text, out long value) =>
        long.TryParse(text.AsSpan().Trim(White), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public static bool TryNumber(string text, out double value) =>
        double.TryParse(
            text.AsSpan().Trim(White),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out value
        ) && double.IsFinite(value);

    /// <summary>true/false, yes/no, t/f, y/n, 1/0 in any case.</summary>
    public static bool TryYesNo(string text, out bool value)
    {
        var span = text.AsSpan().Trim(White);
        value = Is(span, "true") || Is(span, "yes") || Is(span, "y") || Is(span, "t") || Is(span, "1");
        return value || Is(span, "false") || Is(span, "no") || Is(span, "n") || Is(span, "f") || Is(span, "0");

        static bool Is(ReadOnlySpan<char> span, string word) => span.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The UTC day of a date or moment.</summary>
    public static bool TryDay(string text, out DateOnly day) => DayParser.TryParse(text.AsSpan().Trim(White), out day, out _);

    /// <summary>A date or moment, and which of the two.</summary>
    public static bool TryDay(string text, out DateOnly day, out bool hasTime) =>
        DayParser.TryParse(text.AsSpan().Trim(White), out day, out hasTime);

    /// <summary>
    /// The form in which two texts are the same to a person who ignores case: any script's case, any way of composing an accent, no white
    /// space around. Accents stay significant.
    /// </summary>
    public static string Fold(string text)
    {
        var trimmed = text.Trim(White);
        if (!Ascii.IsValid(trimmed) && !trimmed.IsNormalized(NormalizationForm.FormC))
            trimmed = trimmed.Normalize(NormalizationForm.FormC);
        return trimmed.ToUpperInvariant();
    }

    /// <summary>One spelling per number, for comparing with a list.</summary>
    public static string Spell(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
