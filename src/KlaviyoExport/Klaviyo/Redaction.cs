using System.Text.RegularExpressions;

namespace KlaviyoExport.Klaviyo;

/// <summary>Takes addresses out of Klaviyo's words.</summary>
public static partial class Redaction
{
    private const int Length = 500;

    /// <returns>The text with every address as "…", at most 500 characters.</returns>
    public static string WithoutAddresses(string text)
    {
        var clean = Address().Replace(Shortened(text), "…");
        return clean.Length <= Length ? clean : clean[..Length];
    }

    // Long enough for what is left after the addresses are gone, and cut between words: half an address is not known for one any more.
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
