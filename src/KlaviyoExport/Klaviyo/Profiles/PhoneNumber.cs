using System.Diagnostics.CodeAnalysis;
using PhoneNumbers;

namespace KlaviyoExport.Klaviyo;

/// <summary>Converts phone numbers, as people write them, to E.164 (<c>+381641234567</c>), the only format that Klaviyo accepts.</summary>
public static class PhoneNumber
{
    // The longest E.164 number has 15 digits. An extension and separators may be added.
    private const int Longest = 60;
    private const int FewestDigits = 6;

    private static readonly PhoneNumberUtil Numbers = PhoneNumberUtil.GetInstance();

    /// <summary>Converts a number whose length is possible in its country. An extension is dropped.</summary>
    /// <param name="text">The number. With <c>+</c> or <c>00</c> in front it needs no country.</param>
    /// <param name="region">The country of a national number, as ISO 3166 code of two letters. Null when it is not known.</param>
    /// <param name="e164">The number in E.164 format.</param>
    /// <returns>False when the text is no such number.</returns>
    public static bool TryRead(string text, string? region, [NotNullWhen(true)] out string? e164)
    {
        e164 = null;
        text = text.Trim();
        if (text.Length > Longest || text.Count(char.IsDigit) < FewestDigits)
            return false;
        if (text.StartsWith("00", StringComparison.Ordinal))
            text = "+" + text[2..];
        // Without a country, the parser throws for a national number.
        if (region is null && text.AsSpan().IndexOfAny('+', '\uFF0B') < 0)
            return false;
        try
        {
            var number = Numbers.Parse(text, region);
            if (Numbers.IsPossibleNumberWithReason(number) != PhoneNumberUtil.ValidationResult.IS_POSSIBLE)
                return false;
            e164 = Numbers.Format(number, PhoneNumberFormat.E164);
            return true;
        }
        catch (NumberParseException)
        {
            return false;
        }
    }

    /// <summary>Returns whether phone numbers of a country are known.</summary>
    /// <param name="region">The ISO 3166 code of two letters, in upper case.</param>
    public static bool IsRegion(string region) => Numbers.GetSupportedRegions().Contains(region);

    /// <summary>The countries whose phone numbers are known, as ISO 3166 codes of two letters, sorted.</summary>
    public static IReadOnlyList<string> Regions { get; } = [.. Numbers.GetSupportedRegions().Order(StringComparer.Ordinal)];
}
