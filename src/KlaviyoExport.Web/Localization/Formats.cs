using System.Globalization;

namespace KlaviyoExport.Web.Localization;

/// <summary>The formats of countries and regions: wherever one of the product's languages is written.</summary>
internal static class Formats
{
    /// <summary>By their names in their own language.</summary>
    public static IReadOnlyList<CultureInfo> All { get; } =
    [
        .. CultureInfo
            .GetCultures(CultureTypes.SpecificCultures)
            .Where(culture => LanguageOf(culture) is not null)
            .OrderBy(culture => Order(culture))
            .ThenBy(culture => culture.NativeName, StringComparer.Ordinal),
    ];

    /// <summary>The language of the product that a format is written in; null where it is none.</summary>
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
