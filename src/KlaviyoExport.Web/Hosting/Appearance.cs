using KlaviyoExport.Web.Security;
using KlaviyoExport.Web.Setup;
using Microsoft.AspNetCore.Mvc;

namespace KlaviyoExport.Web.Hosting;

/// <summary>The reader's choice between light and dark colours, in a cookie. Without one, the pages follow the system.</summary>
internal static class Appearance
{
    private const string Cookie = "klaviyo-export-theme";

    /// <summary>The choices. "system" is stored as no cookie.</summary>
    public static IReadOnlyList<string> All { get; } = ["system", "light", "dark"];

    /// <summary>Returns the choice of the reader: one of <see cref="All"/>.</summary>
    public static string Of(HttpContext? context) =>
        context?.Request.Cookies[Cookie] is "light" or "dark" ? context.Request.Cookies[Cookie]! : All[0];

    public static void MapTheme(this WebApplication app) =>
        app.MapPost(
                "/theme",
                (HttpContext context, [FromForm] string theme, [FromForm] string? returnUrl) =>
                {
                    var options = ChoiceCookie.OptionsIn(context);
                    if (theme is "light" or "dark")
                        context.Response.Cookies.Append(Cookie, theme, options);
                    else
                        context.Response.Cookies.Delete(Cookie, options);
                    return Results.LocalRedirect(LocalUrl.Or(context.Request.PathBase, returnUrl, ""));
                }
            )
            .AllowAnonymous()
            .WithMetadata(new BeforeSetupAttribute());
}
