using System.Text.Json;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.Web.Api.Operations;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Pages.People;

/// <summary>The endpoints for the filtered audit as a CSV or JSON file, streamed from the store.</summary>
internal static class AuditFiles
{
    public const string Csv = "system/audit/entries.csv";
    public const string Json = "system/audit/entries.json";

    public static void MapAuditFiles(this WebApplication app)
    {
        app.MapGet("/" + Csv, WriteCsvAsync);
        app.MapGet("/" + Json, WriteJsonAsync);
    }

    private static Task<IResult> WriteCsvAsync(
        HttpContext context,
        [AsParameters] AuditQuery query,
        AuditDownloads downloads,
        CurrentActor people,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            context,
            people,
            async actor =>
            {
                Describe(context.Response, "text/csv; charset=utf-8", "audit.csv");
                await downloads.WriteCsvAsync(actor, query.ToFilter(), context.Response.Body, cancellationToken);
            }
        );

    private static Task<IResult> WriteJsonAsync(
        HttpContext context,
        [AsParameters] AuditQuery query,
        AuditDownloads downloads,
        CurrentActor people,
        IOptions<JsonOptions> json,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            context,
            people,
            async actor =>
            {
                var entries = await downloads.ReadAsync(actor, query.ToFilter(), cancellationToken);
                Describe(context.Response, "application/json; charset=utf-8", "audit.json");
                await JsonSerializer.SerializeAsync(
                    context.Response.Body,
                    entries.Select(AuditItem.Of),
                    json.Value.SerializerOptions,
                    cancellationToken
                );
            }
        );

    private static async Task<IResult> WriteAsync(HttpContext context, CurrentActor people, Func<Actor, Task> write)
    {
        try
        {
            await write(await people.OfAsync(context.User, context.RequestAborted));
            return TypedResults.Empty;
        }
        catch (SessionEndedException)
        {
            Forget(context.Response);
            return TypedResults.Redirect(LocalUrl.SignInFor(context.Request.PathBase, "system/audit"));
        }
        catch (NotAllowedException)
        {
            Forget(context.Response);
            return TypedResults.StatusCode(StatusCodes.Status403Forbidden);
        }
    }

    private static void Describe(HttpResponse response, string type, string name)
    {
        response.ContentType = type;
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
    }

    private static void Forget(HttpResponse response)
    {
        response.ContentType = null;
        response.Headers.ContentDisposition = default;
    }
}
