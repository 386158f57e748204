using System.Globalization;

namespace KlaviyoExport.Web.Localization;

/// <summary>The regional formats of numbers, dates and times, for all countries and regions of the supported languages.</summary>
internal static class Formats
{
    /// <summary>All formats, ordered by language and then by their native name.</summary>
    public static IReadOnlyList<CultureInfo> All { get; } =
    [
        .. CultureInfo
            .GetCultures(CultureTypes.SpecificCultures)
            .Where(culture => LanguageOf(culture) is not null)
            .OrderBy(culture => Order(culture))
            .ThenBy(culture => culture.NativeName, StringComparer.Ordinal),
    ];

    /// <summary>Returns the supported language of a format. Null when its language is not supported.</summary>
    public static CultureInfo? LanguageOf(CultureInfo culture)
    {
        for (var at = culture; at.Name.Length > 0; at = at.Parent)
        {
            if (Languages.All.FirstOrDefault(language => language.Name == at.Name) is { } language)
                return language;
        }
        return null;
    }

    public static CultureInfo? Find(string? name) => name is null ? null : All.FirstOrDefault(format => format.Name == name);

    private static int Order(CultureInfo culture) => Languages.All.TakeWhile(language => !language.Equals(LanguageOf(culture))).Count();
}
