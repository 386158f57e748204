using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Identity;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Leads people whose session was ended elsewhere to the sign-in, and people whose role needs a second factor that their session lacks to the
/// page where they set it up. Services refuse both anyway, see <see cref="CurrentActor"/>.
/// </summary>
internal static class SessionGate
{
    private const string SecondFactorPage = "account/security";

    public static void UseSessionGate(this WebApplication app) =>
        app.Use(
            async (context, next) =>
            {
                var page = context.GetEndpoint()?.Metadata;
                if (page?.GetMetadata<ComponentTypeMetadata>() is null || context.User.Identity?.IsAuthenticated != true)
                    await next(context);
                else if (await SessionOfAsync(context) is not { } session)
                    await (page.GetMetadata<IAllowAnonymous>() is null ? SignInAgainAsync(context) : next(context));
                else if (session.LacksSecondFactor && !IsSecondFactorPage(context))
                    context.Response.Redirect(LocalUrl.Of(context.Request.PathBase, SecondFactorPage));
                else
                    await next(context);
            }
        );

    private static bool IsSecondFactorPage(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/" + SecondFactorPage, StringComparison.OrdinalIgnoreCase);

    private static async Task SignInAgainAsync(HttpContext context)
    {
        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
        await context.ChallengeAsync(IdentityConstants.ApplicationScheme);
    }

    private static async Task<CurrentSession?> SessionOfAsync(HttpContext context)
    {
        try
        {
            return await context.RequestServices.GetRequiredService<CurrentActor>().SessionOfAsync(context.User, context.RequestAborted);
        }
        catch (SessionEndedException)
        {
            return null;
        }
    }
}
