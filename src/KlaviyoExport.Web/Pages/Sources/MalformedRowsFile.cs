using KlaviyoExport.People;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Hosting.Limits;
using KlaviyoExport.Web.Security;

namespace KlaviyoExport.Web.Pages.Sources;

/// <summary>The endpoint for the rows that a source has left out, as a CSV file. For administrators.</summary>
internal static class MalformedRowsFile
{
    public static void MapMalformedRowsFile(this WebApplication app) =>
        app.MapGet("/sources/{id:int}/malformed-rows.csv", WriteAsync).RequireRateLimiting(RateLimits.Download);

    public static string AddressOf(int sourceId) => $"sources/{sourceId}/malformed-rows.csv";

    private static async Task WriteAsync(
        HttpContext context,
        MalformedRowsDownload rows,
        CurrentActor people,
        int id,
        CancellationToken cancellationToken
    )
    {
        var response = context.Response;
        try
        {
            response.ContentType = "text/csv; charset=utf-8";
            response.Headers.ContentDisposition = $"attachment; filename=\"malformed-rows-of-source-{id}.csv\"";
            await rows.WriteAsync(await people.OfAsync(context.User, cancellationToken), id, response.Body, cancellationToken);
        }
        catch (SessionEndedException)
        {
            Forget(response);
            response.Redirect(LocalUrl.SignInFor(context.Request.PathBase, $"sources/{id}"));
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
