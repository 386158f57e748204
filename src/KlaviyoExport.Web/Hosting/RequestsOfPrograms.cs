using KlaviyoExport.Web.Api;
using KlaviyoExport.Web.Mcp;

namespace KlaviyoExport.Web.Hosting;

/// <summary>The requests that programs send, with a token, and not browsers. They get problems as responses, never pages or redirects.</summary>
internal static class RequestsOfPrograms
{
    public static bool Contain(HttpContext context) =>
        ApiRegistration.IsApi(context) || context.Request.Path.StartsWithSegments(McpRegistration.Path);
}
