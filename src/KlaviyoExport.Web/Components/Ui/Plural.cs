using System.Globalization;

namespace KlaviyoExport.Web.Components.Ui;

/// <summary>Selects the plural form of a noun (the cardinal rules of CLDR for the supported languages).</summary>
internal static class Plural
{
    /// <returns>"One", "Few" (Serbian 2–4, 22–24, …) or "Other".</returns>
    public static string FormOf(long count, CultureInfo language)
    {
        count = Math.Abs(count);
        if (language.TwoLetterISOLanguageName != "sr")
            return count == 1 ? "One" : "Other";
        var (tens, ones) = (count % 100, count % 10);
        return ones == 1 && tens != 11 ? "One"
            : ones is >= 2 and <= 4 && tens is not (>= 12 and <= 14) ? "Few"
            : "Other";
    }
}
