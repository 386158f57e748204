using System.Globalization;
using System.Threading.RateLimiting;
using KlaviyoExport.Web.Api;
using KlaviyoExport.Web.Pages.Start;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KlaviyoExport.Web.Hosting.Limits;

/// <summary>Responds to refused requests with status 429 and the header Retry-After: a page to people, a problem to programs.</summary>
internal static class TooManyRequests
{
    public static Task RespondAsync(HttpContext context, RateLimitLease lease)
    {
        var wait = WaitOf(lease);
        context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (RequestsOfPrograms.Contain(context))
            return ApiProblem
                .Of(
                    StatusCodes.Status429TooManyRequests,
                    "rate-limited",
                    "The token or the network address has sent too many requests. Wait as long as the header Retry-After says."
                )
                .ExecuteAsync(context);
        return new RazorComponentResult<WaitPage>(new { Wait = wait }) { StatusCode = StatusCodes.Status429TooManyRequests }.ExecuteAsync(
            context
        );
    }

    /// <summary>Returns how long the caller must wait.</summary>
    public static TimeSpan WaitOf(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > TimeSpan.Zero ? wait : TimeSpan.FromSeconds(10);
}
