namespace KlaviyoExport.Web.Hosting;

/// <summary>Cookies with a choice that belongs to the browser and not to a person: the language, the theme.</summary>
internal static class ChoiceCookie
{
    /// <summary>Returns the options of such a cookie: kept for a year, for this application only, not for scripts.</summary>
    public static CookieOptions OptionsIn(HttpContext context) =>
        new()
        {
            MaxAge = TimeSpan.FromDays(365),
            HttpOnly = true,
            IsEssential = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            Path = context.Request.PathBase is { HasValue: true } pathBase ? pathBase.ToUriComponent() : "/",
        };
}
