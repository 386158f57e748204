using System.Globalization;
using System.Text;

namespace KlaviyoExport.Klaviyo;

/// <summary>Recognizes countries by ISO 3166 code and by name.</summary>
internal static class Countries
{
    // The languages of the product, Serbian in both scripts.
    private static readonly string[] Languages = ["en-US", "sr-Cyrl-RS", "sr-Latn-RS", "ca-ES", "es-ES"];

    private static readonly Dictionary<string, string> Common = new()
    {
        ["UK"] = "GB",
        ["ENGLAND"] = "GB",
        ["SCOTLAND"] = "GB",
        ["GREAT BRITAIN"] = "GB",
        ["UNITED STATES OF AMERICA"] = "US",
        ["HOLLAND"] = "NL",
        ["CZECH REPUBLIC"] = "CZ",
        ["CATALONIA"] = "ES",
        ["CATALUNYA"] = "ES",
    };

    private static readonly Lazy<Dictionary<string, string>> Codes = new(Read);

    /// <summary>
    /// Returns the ISO code of two letters for a code of two or three letters, or for a name in English, Serbian, Catalan, Spanish or the
    /// language of the country. Null for anything else.
    /// </summary>
    public static string? CodeOf(string? text) => text is null ? null : Codes.Value.GetValueOrDefault(Fold(text));

    /// <summary>Returns the name of a country in a language.</summary>
    public static string NameOf(string code, CultureInfo language)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            // The name of a region depends on the language of the thread.
            CultureInfo.CurrentUICulture = language;
            return new RegionInfo(code).DisplayName;
        }
        catch (ArgumentException)
        {
            return code;
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    private static Dictionary<string, string> Read()
    {
        var codes = new Dictionary<string, string>(Common, StringComparer.Ordinal);
        foreach (var code in PhoneNumber.Regions)
        {
            codes[code] = code;
            try
            {
                var region = new RegionInfo(code);
                codes.TryAdd(Fold(region.ThreeLetterISORegionName), code);
                codes.TryAdd(Fold(region.EnglishName), code);
                codes.TryAdd(Fold(region.NativeName), code);
            }
            catch (ArgumentException)
            {
                continue;
            }
            foreach (var language in Languages)
                codes.TryAdd(Fold(NameOf(code, CultureInfo.GetCultureInfo(language))), code);
        }
        return codes;
    }

    private static string Fold(string text) => text.Trim().Normalize(NormalizationForm.FormC).ToUpperInvariant();
}
