using Microsoft.AspNetCore.Components.Endpoints;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Leads people whose role needs a second factor, and who have none in this session, to the page where they set it up. Services refuse
/// them anyway, see <see cref="CurrentActor"/>.
/// </summary>
internal static class SecondFactorGate
{
    private const string Page = "account/security";

    public static void UseSecondFactorGate(this WebApplication app) =>
        app.Use(
            async (context, next) =>
            {
                if (IsPage(context) && context.User.Identity?.IsAuthenticated == true && await IsHeldBackAsync(context))
                    context.Response.Redirect(LocalUrl.Of(context.Request.PathBase, Page));
                else
                    await next(context);
            }
        );

    private static bool IsPage(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
        && !context.Request.Path.StartsWithSegments("/" + Page, StringComparison.OrdinalIgnoreCase);

    private static async Task<bool> IsHeldBackAsync(HttpContext context)
    {
        try
        {
            var current = context.RequestServices.GetRequiredService<CurrentActor>();
            return (await current.SessionOfAsync(context.User, context.RequestAborted)).LacksSecondFactor;
        }
        catch (SessionEndedException)
        {
            return false;
        }
    }
}
