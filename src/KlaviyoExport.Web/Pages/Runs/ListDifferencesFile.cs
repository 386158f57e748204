using KlaviyoExport.Lists;
using KlaviyoExport.People;
using KlaviyoExport.Web.Hosting.Limits;
using KlaviyoExport.Web.Security;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>
/// The endpoint for the result of the last list check of a run, as a CSV file. Only for people who may see email addresses.
/// </summary>
internal static class ListDifferencesFile
{
    public static void MapListDifferencesFile(this WebApplication app) =>
        app.MapGet("/runs/{id:int}/list-check.csv", WriteAsync).RequireRateLimiting(RateLimits.Download);

    public static string AddressOf(int runId) => $"runs/{runId}/list-check.csv";

    private static async Task WriteAsync(
        HttpContext context,
        ListCheckService checks,
        CurrentActor people,
        int id,
        CancellationToken cancellationToken
    )
    {
        var response = context.Response;
        try
        {
            response.ContentType = "text/csv; charset=utf-8";
            response.Headers.ContentDisposition = $"attachment; filename=\"list-after-run-{id}.csv\"";
            await checks.WriteCsvAsync(await people.OfAsync(context.User, cancellationToken), id, response.Body, cancellationToken);
        }
        catch (SessionEndedException)
        {
            Forget(response);
            response.Redirect(LocalUrl.SignInFor(context.Request.PathBase, $"runs/{id}"));
        }
        catch (Exception refusal) when (refusal is LocalizedException or NotAllowedException)
        {
            // The response body has not been written to, so the headers can still change.
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
