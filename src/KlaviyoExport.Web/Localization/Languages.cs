using System.Globalization;
using KlaviyoExport.Alerts;
using KlaviyoExport.Web.Hosting;
using KlaviyoExport.Web.Security;
using KlaviyoExport.Web.Setup;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Localization;

/// <summary>The supported languages and the reader's choice of one.</summary>
internal static class Languages
{
    private const string Cookie = "klaviyo-export-language";

    /// <summary>The supported languages. The first is the default.</summary>
    public static IReadOnlyList<CultureInfo> All { get; } = [new("en"), new("sr-Cyrl"), new("ca")];

    public static CultureInfo? Find(string? name) => name is null ? null : All.FirstOrDefault(language => language.Name == name);

    /// <summary>Returns the name of a language in that language: "English", "Српски", "Català".</summary>
    public static string NameOf(CultureInfo language) =>
        language.Name switch
        {
            // The name in .NET includes the script in brackets.
            "sr-Cyrl" => "Српски",
            _ => CapitalFirst(language.NativeName, language),
        };

    public static IServiceCollection AddLanguages(this IServiceCollection services)
    {
        services.AddTexts();
        services.AddSingleton<General>();
        services.Configure<RequestLocalizationOptions>(options =>
        {
            options.DefaultRequestCulture = new RequestCulture(All[0]);
            options.SupportedUICultures = [.. All];
            options.SupportedCultures = [.. All, .. Formats.All];
            options.RequestCultureProviders =
            [
                new ReaderCulture(
                    new CookieRequestCultureProvider { CookieName = Cookie, Options = options },
                    new AcceptLanguageHeaderRequestCultureProvider { Options = options }
                ),
            ];
            options.ApplyCurrentCultureToResponseHeaders = true;
        });
        return services;
    }

    /// <summary>Adds the texts of pages, with their plural forms.</summary>
    public static IServiceCollection AddTexts(this IServiceCollection services) =>
        services.AddSingleton<IStringLocalizerFactory, CountedLocalizerFactory>().AddLocalization();

    public static void MapLanguage(this WebApplication app) =>
        app.MapPost(
                "/language",
                async (
                    HttpContext context,
                    OwnAlerts own,
                    [FromForm] string language,
                    [FromForm] string? returnUrl,
                    CancellationToken cancellationToken
                ) =>
                {
                    var chosen = All.FirstOrDefault(known => known.Name == language) ?? All[0];
                    context.Response.Cookies.Append(
                        Cookie,
                        CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(chosen)),
                        ChoiceCookie.OptionsIn(context)
                    );
                    // Mails follow the choice of the pages.
                    if (ActorClaims.Read(context.User) is { } actor)
                        await own.SetLanguageAsync(actor.Id, chosen.Name, cancellationToken);
                    return Results.LocalRedirect(LocalUrl.Or(context.Request.PathBase, returnUrl, ""));
                }
            )
            .AllowAnonymous()
            .WithMetadata(new BeforeSetupAttribute());

    private static string CapitalFirst(string name, CultureInfo language) => string.Concat(name[..1].ToUpper(language), name[1..]);
}
