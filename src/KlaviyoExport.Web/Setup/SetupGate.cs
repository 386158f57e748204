using KlaviyoExport.Web.Pages.Setup;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KlaviyoExport.Web.Setup;

internal static class SetupGate
{
    /// <summary>
    /// Until the first administrator exists, responds with status 503 to every request whose endpoint is not marked with
    /// <see cref="BeforeSetupAttribute"/>. The page explains where to find the setup link.
    /// </summary>
    public static void UseSetupGate(this WebApplication app) =>
        app.Use(
            async (context, next) =>
            {
                var first = context.RequestServices.GetRequiredService<FirstAdministrator>();
                if (first.IsAwaited && context.GetEndpoint()?.Metadata.GetMetadata<BeforeSetupAttribute>() is null)
                    await new RazorComponentResult<SetupPending> { StatusCode = StatusCodes.Status503ServiceUnavailable }.ExecuteAsync(
                        context
                    );
                else
                    await next(context);
            }
        );
}
