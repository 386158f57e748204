using KlaviyoExport.Connections;
using KlaviyoExport.People.Rules;
using Microsoft.AspNetCore.Http.Extensions;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// The endpoint that Klaviyo's sign-in page sends the browser back to. Its address carries a code and a state, which are secrets. The
/// endpoint therefore always redirects to an address without them, and forbids caching and the Referer header.
/// </summary>
internal static class KlaviyoCallback
{
    private const string Path = "connections/klaviyo/callback";

    public static void MapKlaviyoCallback(this WebApplication app) =>
        app.MapGet(Path, ReturnAsync).RequireAuthorization(nameof(ManageConnections));

    /// <summary>Returns the callback address to send to Klaviyo.</summary>
    /// <param name="home">The base address of this installation as the browser sees it, with a slash at the end.</param>
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
            return To(
                from.DraftId is { } draft ? $"connections/setup/{draft}#step-authenticate" : $"connections/{from.ConnectionId}#klaviyo"
            );
        }
        catch (SessionEndedException)
        {
            return Results.LocalRedirect(LocalUrl.SignInFor(context.Request.PathBase, "connections"));
        }
        catch (LocalizedException)
        {
            return To("connections/klaviyo/unknown");
        }

        IResult To(string page) => Results.LocalRedirect(LocalUrl.Of(context.Request.PathBase, page));
    }
}
