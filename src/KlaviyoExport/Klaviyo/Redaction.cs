using System.Text.RegularExpressions;

namespace KlaviyoExport.Klaviyo;

/// <summary>Removes email addresses from Klaviyo's error texts.</summary>
public static partial class Redaction
{
    private const int Length = 500;

    /// <summary>Replaces every email address with "…" and shortens the text to 500 characters.</summary>
    public static string WithoutAddresses(string text)
    {
        var clean = Address().Replace(Shortened(text), "…");
        return clean.Length <= Length ? clean : clean[..Length];
    }

    // Keep more text than the limit, because removed addresses make it shorter. Cut between words: a part of an address might not match
    // the pattern.
    private static string Shortened(string text)
    {
        if (text.Length <= 4 * Length)
            return text;
        var gap = text.LastIndexOf(' ', 4 * Length);
        return text[..(gap > 0 ? gap : 4 * Length)];
    }

    [GeneratedRegex(@"[^\s'""<>(),;:]+@[^\s'""<>(),;:]*")]
    private static partial Regex Address();
}
