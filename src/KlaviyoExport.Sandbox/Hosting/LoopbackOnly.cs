using System.Net;

namespace KlaviyoExport.Sandbox.Hosting;

/// <summary>
/// Accepts requests from this machine only, and protects against other web sites: the host must be a loopback name, and a browser's write
/// requests must come from the sandbox's own pages.
/// </summary>
internal static class LoopbackOnly
{
    public static async Task Guard(HttpContext http, RequestDelegate next)
    {
        if (IsHere(http.Connection.RemoteIpAddress) && IsLoopbackName(http.Request.Host.Host) && IsOwnOrigin(http.Request))
            await next(http);
        else
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            await http.Response.WriteAsync("The sandbox answers on this machine only.", http.RequestAborted);
        }
    }

    private static bool IsHere(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    private static bool IsOwnOrigin(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || request.Headers.Origin is not [{ } origin] || origin == $"{request.Scheme}://{request.Host}";
}
