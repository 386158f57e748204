using KlaviyoExport.Web.Hosting.Limits;
using Microsoft.AspNetCore.Antiforgery;

namespace KlaviyoExport.Web.Security;

/// <summary>The endpoints from which a page gets the options for a passkey. They answer only forms of this application.</summary>
internal static class PasskeyOptions
{
    public static void MapPasskeyOptions(this WebApplication app)
    {
        app.MapPost(
                "/sign-in/passkey",
                (HttpContext context, IAntiforgery forms, PasskeySignIn passkeys) => AnswerAsync(context, forms, passkeys.OptionsAsync)
            )
            .AllowAnonymous()
            .RequireRateLimiting(RateLimits.SignIn);
        app.MapPost(
                "/account/security/passkey",
                (HttpContext context, IAntiforgery forms, SignInMethods methods) => AnswerAsync(context, forms, methods.PasskeyOptionsAsync)
            )
            .RequireRateLimiting(RateLimits.SignIn);
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, IAntiforgery forms, Func<Task<string>> options)
    {
        if (!await forms.IsRequestValidAsync(context))
            return Results.BadRequest();
        try
        {
            return Results.Content(await options(), "application/json");
        }
        catch (LocalizedException)
        {
            // The form that follows says why.
            return Results.Conflict();
        }
    }
}
