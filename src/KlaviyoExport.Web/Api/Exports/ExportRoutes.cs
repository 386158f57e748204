using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Web.Api.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace KlaviyoExport.Web.Api.Exports;

/// <summary>The endpoints for exports and their schedules.</summary>
internal static class ExportRoutes
{
    public static void MapExports(this RouteGroupBuilder api)
    {
        var exports = api.MapGroup("/exports").WithTags("Exports");
        exports.MapGet("/", ListAsync).Needs(ApiScopes.Read).WithName("ListExports").WithSummary("List the exports, oldest first.");
        exports
            .MapPost("/", CreateAsync)
            .Needs(ApiScopes.Edit)
            .WithName("CreateExport")
            .WithSummary("Create an export. Does not run it.")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        exports
            .MapGet("/{id:int}", GetAsync)
            .Needs(ApiScopes.Read)
            .WithName("GetExport")
            .WithSummary("Get an export.")
            .Produces<ExportResource>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        exports
            .MapPut("/{id:int}", UpdateAsync)
            .Needs(ApiScopes.Edit)
            .WithName("UpdateExport")
            .WithSummary("Replace the content of an export. Needs If-Match with its ETag.")
            .Produces<ExportResource>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status428PreconditionRequired);
        exports
            .MapDelete("/{id:int}", RemoveAsync)
            .Needs(ApiScopes.Edit)
            .WithName("DeleteExport")
            .WithSummary("Remove an export with its runs and rejections. The profiles stay on the list.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
        exports
            .MapPut("/{id:int}/schedule", ScheduleAsync)
            .Needs(ApiScopes.Edit)
            .WithName("ScheduleExport")
            .WithSummary("Change when an export runs by itself.")
            .Produces<ExportResource>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Ok<ApiPage<ExportSummary>>> ListAsync(
        Caller caller,
        ExportQueries exports,
        string? name,
        string? search,
        int? limit,
        string? cursor,
        CancellationToken cancellationToken
    )
    {
        var take = Paging.Limit(limit);
        var page = await exports.PageAsync(
            caller.Actor,
            new ExportQuery
            {
                Name = name,
                Search = search,
                Sort = ExportColumn.Id,
                AfterId = (int?)Paging.Read(cursor),
                PageSize = take,
            },
            cancellationToken
        );
        // The total counts the exports after the cursor.
        var last = page.Rows.Count > 0 && page.Total > page.Rows.Count ? page.Rows[^1].Id : (int?)null;
        return TypedResults.Ok(new ApiPage<ExportSummary>([.. page.Rows.Select(ExportSummary.Of)], Paging.Write(last)));
    }

    private static async Task<IResult> GetAsync(
        Caller caller,
        HttpContext context,
        ExportQueries exports,
        int id,
        CancellationToken cancellationToken
    )
    {
        var export = await exports.GetAsync(caller.Actor, id, cancellationToken);
        var tag = TagOf(export);
        return EntityTag.IsKnown(context.Request, tag)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : Answer(context, export, tag);
    }

    private static async Task<Created<ExportResource>> CreateAsync(
        Caller caller,
        HttpContext context,
        ExportService service,
        ExportQueries exports,
        ExportInput input,
        CancellationToken cancellationToken
    )
    {
        var id = await service.SaveAsync(caller.Actor, input.ToDraft(), cancellationToken);
        var export = await exports.GetAsync(caller.Actor, id, cancellationToken);
        context.Response.GetTypedHeaders().ETag = TagOf(export);
        return TypedResults.Created(context.PathTo($"exports/{id}"), ExportResource.Of(export));
    }

    private static async Task<IResult> UpdateAsync(
        Caller caller,
        HttpContext context,
        ExportService service,
        ExportQueries exports,
        int id,
        ExportInput input,
        CancellationToken cancellationToken
    )
    {
        var before = await exports.GetAsync(caller.Actor, id, cancellationToken);
        if (EntityTag.Fault(context.Request, TagOf(before), isRequired: true) is { } fault)
            return fault;
        await service.SaveAsync(caller.Actor, input.ToDraft(id, before.Draft.Version), cancellationToken);
        return Answer(context, await exports.GetAsync(caller.Actor, id, cancellationToken));
    }

    private static async Task<IResult> RemoveAsync(
        Caller caller,
        HttpContext context,
        ExportService service,
        ExportQueries exports,
        int id,
        CancellationToken cancellationToken
    )
    {
        var before = await exports.GetAsync(caller.Actor, id, cancellationToken);
        if (EntityTag.Fault(context.Request, TagOf(before), isRequired: false) is { } fault)
            return fault;
        await service.RemoveAsync(caller.Actor, [id], cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> ScheduleAsync(
        Caller caller,
        HttpContext context,
        ExportSchedules schedules,
        ExportQueries exports,
        int id,
        ExportSchedule schedule,
        CancellationToken cancellationToken
    )
    {
        var before = await exports.GetAsync(caller.Actor, id, cancellationToken);
        if (EntityTag.Fault(context.Request, TagOf(before), isRequired: false) is { } fault)
            return fault;
        await schedules.SetAsync(caller.Actor, [id], schedule, isOn: null, cancellationToken);
        return Answer(context, await exports.GetAsync(caller.Actor, id, cancellationToken));
    }

    private static Ok<ExportResource> Answer(HttpContext context, ExportDetails export, EntityTagHeaderValue? tag = null)
    {
        context.Response.GetTypedHeaders().ETag = tag ?? TagOf(export);
        return TypedResults.Ok(ExportResource.Of(export));
    }

    // What a person can change. The next run and a run in progress do not make an edit a conflict.
    private static EntityTagHeaderValue TagOf(ExportDetails export) => EntityTag.Of(export.Draft, export.Schedule);
}
