using System.Globalization;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Primitives;

namespace KlaviyoExport.Web.Localization;

/// <summary>
/// Selects the language and the format of a page. The language is the reader's choice, else the setting of the installation, else the
/// preference of the browser. Readers choose a language but no country, so the format of the installation applies to readers of its
/// language and to readers who have not chosen one. All others get the format of their language.
/// </summary>
internal sealed class ReaderCulture(CookieRequestCultureProvider chosen, AcceptLanguageHeaderRequestCultureProvider asked)
    : RequestCultureProvider
{
    public override async Task<ProviderCultureResult?> DetermineProviderCultureResult(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var settings = await httpContext.RequestServices.GetRequiredService<General>().CurrentAsync(httpContext.RequestAborted);
        var own = Known(await chosen.DetermineProviderCultureResult(httpContext));
        var language =
            own ?? Languages.Find(settings.Language) ?? Known(await asked.DetermineProviderCultureResult(httpContext)) ?? Languages.All[0];
        var format = Formats.Find(settings.Format) is { } set && (own is null || own.Equals(Formats.LanguageOf(set))) ? set : language;
        return new ProviderCultureResult(format.Name, language.Name);
    }

    /// <summary>Returns the first supported language. "en" also matches "en-GB". Null when none is supported.</summary>
    private static CultureInfo? Known(ProviderCultureResult? result) =>
        result?.UICultures.Select(LanguageOf).OfType<CultureInfo>().FirstOrDefault();

    private static CultureInfo? LanguageOf(StringSegment name)
    {
        try
        {
            return Formats.LanguageOf(CultureInfo.GetCultureInfo(name.ToString()));
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }
}
