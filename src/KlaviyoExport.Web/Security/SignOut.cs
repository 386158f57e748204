using KlaviyoExport.Web.Pages.Account;
using KlaviyoExport.Web.Security.Providers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KlaviyoExport.Web.Security;

internal static class SignOut
{
    public static void MapSignOut(this WebApplication app) => app.MapPost("/sign-out", SignOutAsync);

    // The antiforgery check only applies to endpoints with a form parameter.
    private static async Task<IResult> SignOutAsync(
        HttpContext context,
        SessionSignIn signIn,
        ProviderSignOut provider,
        [FromForm] string? returnUrl
    )
    {
        var away = await provider.AddressAsync(context);
        await signIn.SignOutAsync();
        // What the browser has kept of the pages. Browsers do so over https.
        context.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";
        return away is { } way
            ? new RazorComponentResult<SigningOut>(new { Provider = way.Provider.DisplayName, way.Address })
            : Results.LocalRedirect(LocalUrl.Or(context.Request.PathBase, returnUrl, "sign-in"));
    }
}
