using System.Net;

namespace KlaviyoExport.Web.Hosting;

/// <summary>Recognises requests from this machine, for endpoints of the system administrator.</summary>
internal static class LocalRequest
{
    /// <summary>Whether the request comes from this machine directly, not through a proxy on it.</summary>
    public static bool Is(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } from
        && IPAddress.IsLoopback(from)
        && !context.Request.Headers.Keys.Any(name =>
            name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        );
}
