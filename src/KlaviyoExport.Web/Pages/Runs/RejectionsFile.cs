using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Hosting.Limits;
using KlaviyoExport.Web.Security;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>
/// The endpoint for the rejections of a run as a CSV file, streamed from the store. It is available to everyone who may view the run. The
/// column with email addresses is included only for people who may see them.
/// </summary>
internal static class RejectionsFile
{
    public static void MapRejectionsFile(this WebApplication app) =>
        app.MapGet("/runs/{id:int}/rejections.csv", WriteAsync).RequireRateLimiting(RateLimits.Download);

    /// <summary>Returns the address of the file.</summary>
    /// <param name="runId">The id of the run.</param>
    /// <param name="reason">The reason of the rejections to include. Null for all reasons.</param>
    public static string AddressOf(int runId, RejectionReason? reason) =>
        $"runs/{runId}/rejections.csv" + (reason is { } one ? $"?reason={one}" : "");

    private static async Task WriteAsync(
        HttpContext context,
        RejectionService rejections,
        CurrentActor people,
        int id,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var response = context.Response;
        if (!TryRead(reason, out var wanted))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        try
        {
            response.ContentType = "text/csv; charset=utf-8";
            response.Headers.ContentDisposition =
                $"attachment; filename=\"rejections-of-run-{id}{(wanted is { } one ? $"-{one}" : "")}.csv\"";
            await rejections.WriteCsvAsync(
                await people.OfAsync(context.User, cancellationToken),
                id,
                wanted,
                response.Body,
                cancellationToken
            );
        }
        catch (SessionEndedException)
        {
            Forget(response);
            response.Redirect(LocalUrl.SignInFor(context.Request.PathBase, $"runs/{id}"));
        }
        catch (LocalizedException)
        {
            // The run does not exist. The response body has not been written to, so the headers can still change.
            Forget(response);
            response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private static void Forget(HttpResponse response)
    {
        response.ContentType = null;
        response.Headers.ContentDisposition = default;
    }

    private static bool TryRead(string? text, out RejectionReason? reason)
    {
        reason = Enum.TryParse<RejectionReason>(text, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) ? parsed : null;
        return string.IsNullOrEmpty(text) || reason is not null;
    }
}
