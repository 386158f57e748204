using KlaviyoExport.People.Rules;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security.OpenIdConnect;

internal static class OpenIdConnectRoutes
{
    public const string SignIn = "/sign-in/provider";

    /// <summary>The ways to the provider. They are links and not forms: form-action of our content security policy stays 'self'.</summary>
    public static void MapOpenIdConnect(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<OpenIdConnectOptions>>().Value.IsConfigured)
            return;
        string[] provider = [OpenIdConnectHandler.Name];
        app.MapGet(SignIn, (string? returnUrl) => Results.Challenge(ProviderSignIn.ToSignIn(returnUrl), provider)).AllowAnonymous();
        app.MapGet("/sign-in/provider/anew", async (string ticket, AnewTickets tickets, CurrentActor current, HttpContext context) =>
        {
            var actor = await current.OfAsync(context.User, context.RequestAborted);
            return tickets.Open(ticket, actor.Id) is { } place
                ? Results.Challenge(ProviderSignIn.ToBecomeExportUser(actor.Id, place), provider)
                : Results.LocalRedirect("/connections");
        }).RequireAuthorization(nameof(ManageConnections));
    }
}
