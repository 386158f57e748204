using KlaviyoExport.People.Rules;
using KlaviyoExport.Web.Hosting.Limits;

namespace KlaviyoExport.Web.Security.Providers;

internal static class ProviderRoutes
{
    /// <summary>
    /// Maps the endpoints that send the browser to the identity providers. Pages reach them with links instead of forms, because the
    /// content security policy (form-action 'self') forbids that a form leads to another site.
    /// </summary>
    public static void MapProviders(this WebApplication app)
    {
        foreach (var provider in app.Services.GetRequiredService<SignInProviders>())
        {
            app.MapGet(
                    provider.Path,
                    (string? returnUrl, HttpContext context, ProviderSignIn signIn) =>
                        signIn.BeginAsync(context, provider, ProviderSignIn.ToSignIn(context.Request.PathBase, returnUrl))
                )
                .AllowAnonymous()
                .RequireRateLimiting(RateLimits.ProviderSignIn);
            app.MapGet(
                    provider.Path + "/anew",
                    async (string ticket, FreshSignInTickets tickets, CurrentActor current, HttpContext context, ProviderSignIn signIn) =>
                    {
                        var actor = await current.OfAsync(context.User, context.RequestAborted);
                        if (tickets.Open(ticket, actor.Id) is { } place)
                            await signIn.BeginAsync(
                                context,
                                provider,
                                ProviderSignIn.ToBecomeExportUser(context.Request.PathBase, actor.Id, place)
                            );
                        else
                            context.Response.Redirect(LocalUrl.Of(context.Request.PathBase, "connections"));
                    }
                )
                .RequireAuthorization(nameof(ManageConnections))
                .RequireRateLimiting(RateLimits.ProviderSignIn);
        }
    }
}
