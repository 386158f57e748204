using System.Text.Json;
using KlaviyoExport.Overview;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Api.Access;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Api.Runs;

/// <summary>
/// Streams the rejected profiles of a run as NDJSON (one JSON object per line) or CSV, as the header Accept says. NDJSON is the default.
/// </summary>
internal static class RejectionsFormat
{
    public const string Ndjson = "application/x-ndjson";
    public const string Csv = "text/csv";

    private static readonly byte[] LineEnd = [(byte)'\n'];

    /// <summary>Whether the request accepts CSV.</summary>
    public static bool AsksCsv(HttpContext context) =>
        context
            .Request.GetTypedHeaders()
            .Accept.Where(accepted => accepted.MediaType.Equals(Csv, StringComparison.OrdinalIgnoreCase))
            .Any(accepted => accepted.Quality is null or > 0);

    public static async Task<IResult> WriteAsync(
        Caller caller,
        HttpContext context,
        RejectionService rejections,
        IOptions<JsonOptions> json,
        int id,
        Choice<RejectionReason>? reason,
        CancellationToken cancellationToken
    )
    {
        var withEmails = caller.Has(ApiScopes.PersonalData);
        if (AsksCsv(context))
        {
            context.Response.ContentType = Csv + "; charset=utf-8";
            await rejections.WriteCsvAsync(caller.Actor, id, reason?.Value, context.Response.Body, cancellationToken, withEmails);
            return TypedResults.Empty;
        }
        var download = await rejections.DownloadAsync(caller.Actor, id, reason?.Value, withEmails, cancellationToken);
        context.Response.ContentType = Ndjson;
        var body = context.Response.Body;
        await foreach (var row in download.Rows.WithCancellation(cancellationToken))
        {
            await JsonSerializer.SerializeAsync(body, RejectionItem.Of(row), json.Value.SerializerOptions, cancellationToken);
            await body.WriteAsync(LineEnd, cancellationToken);
        }
        return TypedResults.Empty;
    }
}
