using KlaviyoExport.Web.Api;
using KlaviyoExport.Web.Pages.Setup;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KlaviyoExport.Web.Setup;

internal static class SetupGate
{
    /// <summary>
    /// Until the first administrator exists, responds with status 503 to every request whose endpoint is not marked with
    /// <see cref="BeforeSetupAttribute"/>. A page explains where to find the setup link, and a problem tells a program.
    /// </summary>
    public static void UseSetupGate(this WebApplication app) =>
        app.Use(
            async (context, next) =>
            {
                var first = context.RequestServices.GetRequiredService<FirstAdministrator>();
                if (
                    context.GetEndpoint()?.Metadata.GetMetadata<BeforeSetupAttribute>() is not null
                    || !await first.IsAwaitedAsync(context.RequestAborted)
                )
                    await next(context);
                else if (context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
                    await ApiProblem.NotSetUp().ExecuteAsync(context);
                else
                    await new RazorComponentResult<SetupPending> { StatusCode = StatusCodes.Status503ServiceUnavailable }.ExecuteAsync(
                        context
                    );
            }
        );
}
