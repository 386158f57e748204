using KlaviyoExport.Connections;
using KlaviyoExport.People.Rules;
using Microsoft.AspNetCore.Http.Extensions;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Where Klaviyo's sign-in page sends the browser back to. The address carries a code and a state that are worth a sign-in, so it is left
/// at once, for an address without them, and neither kept nor handed on.
/// </summary>
internal static class KlaviyoCallback
{
    private const string Path = "connections/klaviyo/callback";

    public static void MapKlaviyoCallback(this WebApplication app) =>
        app.MapGet(Path, ReturnAsync).RequireAuthorization(nameof(ManageConnections));

    /// <summary>The address to tell Klaviyo.</summary>
    /// <param name="home">Of this installation, as the browser sees it, with a slash at its end.</param>
    public static Uri Of(string home) => new(new Uri(home), Path);

    private static async Task<IResult> ReturnAsync(
        HttpContext context,
        KlaviyoSignIns signIns,
        CurrentActor people,
        string? state,
        string? code,
        string? error,
        CancellationToken cancellationToken
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        try
        {
            var callback = Of(UriHelper.BuildAbsolute(context.Request.Scheme, context.Request.Host, context.Request.PathBase, "/"));
            var from = await signIns.CompleteAsync(
                await people.OfAsync(context.User, cancellationToken),
                state,
                code,
                error,
                callback,
                cancellationToken
            );
            return Results.LocalRedirect(
                from.DraftId is { } draft ? $"/connections/setup/{draft}#step-authenticate" : $"/connections/{from.ConnectionId}#klaviyo"
            );
        }
        catch (SessionEndedException)
        {
            return Results.LocalRedirect("/sign-in?returnUrl=%2Fconnections");
        }
        catch (LocalizedException)
        {
            return Results.LocalRedirect("/connections/klaviyo/unknown");
        }
    }
}
