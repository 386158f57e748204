namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Refuses connections that a page of another site opens with a person's cookies. Browsers protect ordinary requests from this, but not web
/// sockets.
/// </summary>
internal static class OwnOrigin
{
    /// <summary>
    /// Responds with status 403 to requests for circuits, and to all web sockets, whose header Origin names another site. Call it after the
    /// forwarded headers of a proxy were read.
    /// </summary>
    public static void UseOwnOrigin(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                var request = context.Request;
                var origin = request.Headers.Origin;
                // Programs that are no browsers send no origin. They have no cookies of a person either.
                if (origin.Count == 0 || !IsConnection(request) || IsOwn(request, origin.ToString()))
                    return next(context);
                Log.OriginRefused(context.RequestServices.GetRequiredService<ILogger<WebApplication>>(), Of(request));
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            }
        );

    private static bool IsConnection(HttpRequest request) =>
        request.Path.StartsWithSegments("/_blazor")
        || request.Headers.Upgrade.Count > 0
        // A web socket over HTTP/2.
        || HttpMethods.IsConnect(request.Method);

    // As URIs, because a proxy may name the default port, which a browser leaves out.
    private static bool IsOwn(HttpRequest request, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && Uri.TryCreate(Of(request), UriKind.Absolute, out var own)
        && Uri.Compare(from, own, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;

    private static string Of(HttpRequest request) => $"{request.Scheme}://{request.Host}";
}
