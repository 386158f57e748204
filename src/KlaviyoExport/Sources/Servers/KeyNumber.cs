using System.Globalization;

namespace KlaviyoExport.Sources.Servers;

/// <summary>The text of a number in a key, when it is compared with a number of another type.</summary>
internal static class KeyNumber
{
    // Above, a float is not exact.
    private const double WholeFloats = 9007199254740992;

    /// <summary>Returns a text that is the same for equal numbers of all types. A float has it only when it is whole.</summary>
    /// <param name="text">The number as it was read.</param>
    /// <param name="family">The family of its column.</param>
    public static string Of(string text, ColumnFamily family) =>
        family switch
        {
            ColumnFamily.Decimal => Decimal(text),
            ColumnFamily.Float
                when FieldValue.TryNumber(text, out var number) && Math.Abs(number) < WholeFloats && double.IsInteger(number) => (
                (long)number
            ).ToString(CultureInfo.InvariantCulture),
            _ => text,
        };

    /// <summary>Removes the zeros that do not matter. A driver may also write .5 for 0.5.</summary>
    private static string Decimal(string text)
    {
        var isNegative = text.StartsWith('-');
        var digits = text.TrimStart('-', '+');
        if (!digits.All(letter => char.IsAsciiDigit(letter) || letter == '.'))
            return text;
        digits = digits.TrimStart('0');
        if (digits.Contains('.', StringComparison.Ordinal))
            digits = digits.TrimEnd('0').TrimEnd('.');
        if (digits.Length == 0)
            return "0";
        return $"{(isNegative ? "-" : "")}{(digits[0] == '.' ? "0" : "")}{digits}";
    }
}
