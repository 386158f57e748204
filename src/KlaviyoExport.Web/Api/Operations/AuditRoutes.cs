using System.Text.Json;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Web.Api.Access;
using KlaviyoExport.Web.Api.Runs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Api.Operations;

/// <summary>The endpoints for the audit: pages of entries, and all entries as a stream.</summary>
internal static class AuditRoutes
{
    private static readonly byte[] LineEnd = [(byte)'\n'];

    public static void MapAudit(this RouteGroupBuilder api)
    {
        api.MapGet("/audit", ListAsync)
            .Needs(ApiScopes.Administer)
            .WithName("ListAudit")
            .WithTags("System")
            .WithSummary("List the audit, newest first.");
        api.MapGet("/audit/entries", WriteAsync)
            .Needs(ApiScopes.Administer)
            .WithName("DownloadAudit")
            .WithTags("System")
            .WithSummary("Download the audit, newest first, as NDJSON or, with Accept: text/csv, as CSV. The download is recorded in it.")
            .Produces<AuditItem>(StatusCodes.Status200OK, RejectionsFormat.Ndjson)
            .Produces<string>(StatusCodes.Status200OK, RejectionsFormat.Csv);
    }

    private static async Task<Ok<ApiPage<AuditItem>>> ListAsync(
        Caller caller,
        AuditTrail audit,
        [AsParameters] AuditChoice choice,
        int? limit,
        string? cursor,
        CancellationToken cancellationToken
    )
    {
        var page = await audit.ListAsync(
            caller.Actor,
            choice.ToFilter() with
            {
                BeforeId = Paging.Read(cursor),
            },
            0,
            Paging.Limit(limit),
            cancellationToken
        );
        var last = page.Entries.Count > 0 && page.Total > page.Entries.Count ? page.Entries[^1].Id : (long?)null;
        return TypedResults.Ok(new ApiPage<AuditItem>([.. page.Entries.Select(AuditItem.Of)], Paging.Write(last)));
    }

    private static async Task<IResult> WriteAsync(
        Caller caller,
        HttpContext context,
        AuditDownloads downloads,
        [AsParameters] AuditChoice choice,
        IOptions<JsonOptions> json,
        CancellationToken cancellationToken
    )
    {
        var body = context.Response.Body;
        if (RejectionsFormat.AsksCsv(context))
        {
            context.Response.ContentType = RejectionsFormat.Csv + "; charset=utf-8";
            await downloads.WriteCsvAsync(caller.Actor, choice.ToFilter(), body, cancellationToken);
            return TypedResults.Empty;
        }
        var entries = await downloads.ReadAsync(caller.Actor, choice.ToFilter(), cancellationToken);
        context.Response.ContentType = RejectionsFormat.Ndjson;
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            await JsonSerializer.SerializeAsync(body, AuditItem.Of(entry), json.Value.SerializerOptions, cancellationToken);
            await body.WriteAsync(LineEnd, cancellationToken);
        }
        return TypedResults.Empty;
    }
}

/// <summary>The entries of the audit that a request asks for.</summary>
internal sealed record AuditChoice
{
    public string? Action { get; init; }

    /// <summary>The id of a person or service account.</summary>
    public string? ActorId { get; init; }

    /// <summary>A part of the name of the item.</summary>
    public string? Item { get; init; }

    /// <summary>A part of the name of the item, the detail or the name of the person.</summary>
    public string? Text { get; init; }

    /// <summary>Only entries at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only entries before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    public AuditFilter ToFilter() => new(ActorId, Action, Text, Item: Item, Since: Since, Until: Until);
}
