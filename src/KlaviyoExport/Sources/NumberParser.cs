namespace KlaviyoExport.Sources;

/// <summary>
/// Parses numbers in the forms of <see cref="FieldFormat"/>. Written by hand, because it runs for every value of a million rows and must
/// not allocate.
/// </summary>
internal static class NumberParser
{
    /// <summary>The characters that separate thousands in both formats: spaces of every width, and apostrophes.</summary>
    public const string Spaces = " \u00A0\u202F\u2009";
    private const string Apostrophes = "'\u2019";

    private const int Longest = 64;

    public static bool TryWhole(ReadOnlySpan<char> text, DecimalMark mark, out long value)
    {
        if (FieldValue.TryWhole(text, out value))
            return true;
        Span<char> plain = stackalloc char[Longest];
        return TryPlain(FieldValue.Trim(text), mark, plain, out var length) && FieldValue.TryWhole(plain[..length], out value);
    }

    public static bool TryNumber(ReadOnlySpan<char> text, DecimalMark mark, out double value)
    {
        if ((mark == DecimalMark.Point || !text.Contains('.')) && FieldValue.TryNumber(text, out value))
            return true;
        value = 0;
        Span<char> plain = stackalloc char[Longest];
        return TryPlain(FieldValue.Trim(text), mark, plain, out var length) && FieldValue.TryNumber(plain[..length], out value);
    }

    /// <summary>Writes the number with a decimal point and without separators of thousands.</summary>
    /// <returns>False when the text has neither or is not written in this format. The digits themselves are not checked.</returns>
    private static bool TryPlain(ReadOnlySpan<char> text, DecimalMark mark, Span<char> plain, out int length)
    {
        length = 0;
        var point = mark == DecimalMark.Comma ? ',' : '.';
        if (text.IsEmpty || text.Length > plain.Length)
            return false;
        if (text[0] is '-' or '+')
        {
            plain[length++] = text[0];
            text = text[1..];
        }
        var digits = Digits(text);
        if (digits < text.Length && IsSeparator(text[digits], mark))
            return TryGroups(text, digits, point, plain, ref length);
        // Without separators. An exponent may follow.
        if (mark == DecimalMark.Point || text.Contains('.'))
            return false;
        if (digits < text.Length && text[digits] == ',' && Digits(text[(digits + 1)..]) == 0)
            return false;
        text.CopyTo(plain[length..]);
        plain[length..].Replace(',', '.');
        length += text.Length;
        return true;
    }

    /// <summary>Reads one to three digits without a leading zero, groups of three digits with one kind of separator, and decimals.</summary>
    private static bool TryGroups(ReadOnlySpan<char> text, int digits, char point, Span<char> plain, ref int length)
    {
        var separator = text[digits];
        if (digits is < 1 or > 3 || text[0] == '0')
            return false;
        Take(ref text, digits, plain, ref length);
        while (!text.IsEmpty && text[0] == separator)
        {
            text = text[1..];
            if (Digits(text) != 3)
                return false;
            Take(ref text, 3, plain, ref length);
        }
        if (text.IsEmpty)
            return true;
        if (text[0] != point || Digits(text[1..]) != text.Length - 1 || text.Length == 1)
            return false;
        plain[length++] = '.';
        text = text[1..];
        Take(ref text, text.Length, plain, ref length);
        return true;
    }

    private static void Take(ref ReadOnlySpan<char> text, int count, Span<char> plain, ref int length)
    {
        text[..count].CopyTo(plain[length..]);
        length += count;
        text = text[count..];
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count]))
            count++;
        return count;
    }

    private static bool IsSeparator(char letter, DecimalMark mark) =>
        letter == (mark == DecimalMark.Comma ? '.' : ',') || Spaces.Contains(letter) || Apostrophes.Contains(letter);
}
