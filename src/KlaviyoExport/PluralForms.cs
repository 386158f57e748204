using System.Globalization;

namespace KlaviyoExport;

/// <summary>
/// The plural forms of the supported languages for whole numbers, by the rules of Unicode's CLDR. English and Catalan have two forms: one
/// (1) and other. Serbian has three: one (1, 21, 101), few (2 to 4, 22 to 24) and other.
/// </summary>
public static class PluralForms
{
    public static int CountOf(CultureInfo language) => IsSerbian(language) ? 3 : 2;

    /// <summary>Returns the position of the form that a number takes: 0 for one, the last position for other.</summary>
    public static int IndexOf(CultureInfo language, long number)
    {
        if (!IsSerbian(language))
            return number is 1 or -1 ? 0 : 1;
        var (tens, ones) = (Math.Abs(number % 100), Math.Abs(number % 10));
        return ones == 1 && tens != 11 ? 0
            : ones is >= 2 and <= 4 && tens is not (>= 12 and <= 14) ? 1
            : 2;
    }

    private static bool IsSerbian(CultureInfo language) => language.TwoLetterISOLanguageName == "sr";
}
