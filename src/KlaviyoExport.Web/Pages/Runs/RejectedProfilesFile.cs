using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Hosting.Limits;
using KlaviyoExport.Web.Security;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>
/// The endpoint for the rejected profiles of a run with the columns of their source, as a CSV file that can be corrected and loaded again.
/// Only for people who may see email addresses.
/// </summary>
internal static class RejectedProfilesFile
{
    public static void MapRejectedProfilesFile(this WebApplication app) =>
        app.MapGet("/runs/{id:int}/rejected-profiles.csv", WriteAsync).RequireRateLimiting(RateLimits.Download);

    /// <summary>Returns the address of the file.</summary>
    /// <param name="runId">The id of the run.</param>
    /// <param name="reason">The reason of the rejections to include. Null for all reasons.</param>
    public static string AddressOf(int runId, RejectionReason? reason) =>
        $"runs/{runId}/rejected-profiles.csv" + (reason is { } one ? $"?reason={one}" : "");

    private static async Task WriteAsync(
        HttpContext context,
        RejectedProfilesCsv profiles,
        CurrentActor people,
        int id,
        RejectionReason? reason,
        CancellationToken cancellationToken
    )
    {
        var response = context.Response;
        try
        {
            response.ContentType = "text/csv; charset=utf-8";
            response.Headers.ContentDisposition = $"attachment; filename=\"rejected-profiles-of-run-{id}.csv\"";
            var actor = await people.OfAsync(context.User, cancellationToken);
            await profiles.WriteAsync(actor, id, reason, response.Body, cancellationToken);
        }
        catch (SessionEndedException)
        {
            Forget(response);
            response.Redirect(LocalUrl.SignInFor(context.Request.PathBase, $"runs/{id}"));
        }
        catch (LocalizedException refusal) when (!response.HasStarted)
        {
            Forget(response);
            response.StatusCode = refusal is NotAllowedException ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound;
        }
    }

    private static void Forget(HttpResponse response)
    {
        response.ContentType = null;
        response.Headers.ContentDisposition = default;
    }
}
