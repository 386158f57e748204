using KlaviyoExport.Connections;
using KlaviyoExport.Overview;
using KlaviyoExport.People.Rules;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Api.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KlaviyoExport.Web.Api.Operations;

/// <summary>The endpoints for segments, sources, connections, the status, refreshes, the audit and the token itself.</summary>
internal static class OperationRoutes
{
    public static void MapOperations(this RouteGroupBuilder api)
    {
        api.MapGet("/token", (Caller caller) => TypedResults.Ok(TokenResource.Of(caller.Token)))
            .WithName("GetToken")
            .WithTags("Token")
            .WithSummary("Get the role, the scopes and the expiry of the token.");

        var segments = api.MapGroup("/segments").WithTags("Segments");
        segments.MapGet("/", SegmentsAsync).Needs(ApiScopes.Read).WithName("ListSegments").WithSummary("List the segments by name.");
        segments
            .MapPost("/{id:int}/count", CountAsync)
            .Needs(ApiScopes.Run)
            .WithName("CountSegment")
            .WithSummary("Count the members of a segment.")
            .ProducesProblem(StatusCodes.Status404NotFound);

        var sources = api.MapGroup("/sources").WithTags("Sources");
        sources.MapGet("/", SourcesAsync).Needs(ApiScopes.Read).WithName("ListSources").WithSummary("List the sources by name.");
        sources
            .MapPost("/{id:int}/load", LoadAsync)
            .Needs(ApiScopes.Run)
            .WithName("LoadSource")
            .WithSummary("Load a source again. Responds when it is loaded.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

        api.MapGet("/connections", ConnectionsAsync)
            .Needs(ApiScopes.Read)
            .WithName("ListConnections")
            .WithTags("Connections")
            .WithSummary("List the connections that the token may use, with their health.");
        api.MapGet("/status", StatusAsync)
            .Needs(ApiScopes.Read)
            .WithName("GetStatus")
            .WithTags("System")
            .WithSummary("Get the status of all sources, segments and exports.");
        api.MapGet("/refreshes", RefreshesAsync)
            .Needs(ApiScopes.Read)
            .WithName("ListRefreshes")
            .WithTags("System")
            .WithSummary("List the last 20 system refreshes, newest first.");
        api.MapPost("/refreshes", RefreshAsync)
            .Needs(ApiScopes.Run)
            .WithName("StartRefresh")
            .WithTags("System")
            .WithSummary("Start a system refresh. Returns the refresh in progress when there is one.");
        api.MapAudit();
    }

    private static async Task<Ok<ApiPage<SegmentResource>>> SegmentsAsync(SegmentService segments, CancellationToken cancellationToken) =>
        TypedResults.Ok(All((await segments.ListAsync(cancellationToken)).Select(SegmentResource.Of)));

    private static async Task<Ok<SegmentResource>> CountAsync(
        Caller caller,
        ManualTasks tasks,
        SegmentService segments,
        int id,
        CancellationToken cancellationToken
    )
    {
        await tasks.CountAsync(caller.Actor, id, cancellationToken);
        var counted = (await segments.ListAsync(cancellationToken)).FirstOrDefault(segment => segment.Id == id);
        return TypedResults.Ok(SegmentResource.Of(counted ?? throw new GoneException(new LocalizedMessage("Segments.Gone"))));
    }

    private static async Task<Ok<ApiPage<SourceResource>>> SourcesAsync(SourceService sources, CancellationToken cancellationToken) =>
        TypedResults.Ok(All((await sources.ChoicesAsync(cancellationToken)).Select(SourceResource.Of)));

    private static async Task<Ok<LoadedSource>> LoadAsync(Caller caller, ManualTasks tasks, int id, CancellationToken cancellationToken) =>
        TypedResults.Ok(LoadedSource.Of(await tasks.LoadAsync(caller.Actor, id, cancellationToken)));

    private static async Task<Ok<ApiPage<ConnectionResource>>> ConnectionsAsync(
        Caller caller,
        ConnectionQueries connections,
        ConnectionService service,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            All(
                ManageConnections.Rule.Allows(caller.Actor)
                    ? (await connections.ListAsync(caller.Actor, cancellationToken)).Select(ConnectionResource.Of)
                    : (await service.ListUsableAsync(caller.Actor, cancellationToken)).Select(usable => new ConnectionResource(
                        usable.Id,
                        usable.Name,
                        null,
                        null,
                        null
                    ))
            )
        );

    private static async Task<Ok<StatusResource>> StatusAsync(Caller caller, StatusQueries status, CancellationToken cancellationToken) =>
        TypedResults.Ok(StatusResource.Of(await status.ListAsync(caller.Actor, cancellationToken)));

    private static async Task<Ok<ApiPage<RefreshResource>>> RefreshesAsync(RefreshService refreshes, CancellationToken cancellationToken) =>
        TypedResults.Ok(All((await refreshes.ListAsync(20, cancellationToken)).Select(RefreshResource.Of)));

    private static async Task<Accepted<RefreshResource>> RefreshAsync(
        Caller caller,
        HttpContext context,
        RefreshService refreshes,
        CancellationToken cancellationToken
    )
    {
        var id = await refreshes.StartAsync(caller.Actor, cancellationToken);
        var refresh = (await refreshes.ListAsync(20, cancellationToken)).First(refresh => refresh.Id == id);
        return TypedResults.Accepted(context.PathTo("refreshes"), RefreshResource.Of(refresh));
    }

    // A list that is short in every installation, so it is not divided into pages.
    private static ApiPage<T> All<T>(IEnumerable<T> items) => new([.. items], null);
}
