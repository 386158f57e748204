using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Serves the application below a path of its host. The path comes from <see cref="PathBaseOptions"/>, or else from the header
/// X-Forwarded-Prefix of a trusted proxy. Links of pages are relative to the base element of the document and contain no path base;
/// redirects are made with <see cref="Security.LocalUrl"/>.
/// </summary>
internal static class PathBase
{
    /// <summary>
    /// Sets the path base of every request. A request whose path begins with the configured path base is served without it, and any other
    /// as it is, so that a proxy may pass the path on or strip it, and health checks need not know it.
    /// </summary>
    public static void UsePathBaseOfProxy(this WebApplication app)
    {
        var configured = new PathString(
            app.Services.GetRequiredService<IOptions<PathBaseOptions>>().Value.PathBase is { Length: > 0 } path ? path : null
        );
        app.Use(
            (context, next) =>
            {
                var request = context.Request;
                if (configured.HasValue)
                {
                    request.PathBase = configured;
                    if (request.Path.StartsWithSegments(configured, out var rest))
                        request.Path = rest.HasValue ? rest : "/";
                }
                // A proxy may forward what a client sent. "//host" would turn redirects into those to another site.
                else if (request.PathBase.HasValue && !PathBaseOptions.IsPath(request.PathBase.Value!))
                    request.PathBase = default;
                return next(context);
            }
        );
    }

    /// <summary>Returns the address of the application as the browser uses it.</summary>
    /// <param name="address">An address that the server listens at.</param>
    /// <param name="options">The path base.</param>
    public static string Below(string address, PathBaseOptions options) => address.TrimEnd('/') + options.PathBase;
}
