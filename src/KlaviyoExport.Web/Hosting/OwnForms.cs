using Microsoft.AspNetCore.Antiforgery;

namespace KlaviyoExport.Web.Hosting;

internal static class OwnForms
{
    /// <summary>
    /// Responds with status 400 to a form without the token of a page of this application. Call it after UseAntiforgery, which only notes
    /// what it found: an endpoint that then reads the form would end with an error of the server.
    /// </summary>
    public static void UseOwnForms(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                if (context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false })
                    return next(context);
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return Task.CompletedTask;
            }
        );
}
