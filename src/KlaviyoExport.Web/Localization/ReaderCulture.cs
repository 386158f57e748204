using System.Globalization;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Primitives;

namespace KlaviyoExport.Web.Localization;

/// <summary>
/// The language and the format a page is shown in: the reader's own choice, else the installation's, else the browser's. The menu chooses a
/// language and says nothing of countries, so the installation's format stands for every reader of its language and for those who chose
/// none.
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

    /// <summary>The first that the product speaks, "en" for "en-GB" too.</summary>
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
