using KlaviyoExport.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace KlaviyoExport.Web.Security;

internal static class SignOut
{
    // The form parameter is what makes the antiforgery check apply.
    public static void MapSignOut(this WebApplication app) => app.MapPost("/sign-out", async (SignInManager<AppUser> signIn, [FromForm] string? returnUrl) =>
    {
        await signIn.SignOutAsync();
        return Results.LocalRedirect(LocalUrl.Or(returnUrl, "/sign-in"));
    });
}
