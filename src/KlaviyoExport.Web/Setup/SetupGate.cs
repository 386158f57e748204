using KlaviyoExport.Web.Pages.Setup;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KlaviyoExport.Web.Setup;

internal static class SetupGate
{
    /// <summary>
    /// Until there is an account, everything that is not marked <see cref="BeforeSetupAttribute"/> answers 503 and says where the link is.
    /// </summary>
    public static void UseSetupGate(this WebApplication app) =>
        app.Use(
            async (context, next) =>
            {
                var first = context.RequestServices.GetRequiredService<FirstAdministrator>();
                if (first.IsAwaited && context.GetEndpoint()?.Metadata.GetMetadata<BeforeSetupAttribute>() is null)
                    await new RazorComponentResult<SetupAwaited> { StatusCode = StatusCodes.Status503ServiceUnavailable }.ExecuteAsync(
                        context
                    );
                else
                    await next(context);
            }
        );
}
