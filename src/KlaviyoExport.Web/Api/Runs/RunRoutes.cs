using System.ComponentModel;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Overview;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Api.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KlaviyoExport.Web.Api.Runs;

/// <summary>The endpoints for runs.</summary>
internal static class RunRoutes
{
    public static void MapRuns(this RouteGroupBuilder api)
    {
        api.MapPost("/exports/{id:int}/runs", StartAsync)
            .Needs(ApiScopes.Run)
            .WithName("StartRun")
            .WithTags("Runs")
            .WithSummary("Run an export now. Returns the run in progress when there is one.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        var runs = api.MapGroup("/runs").WithTags("Runs");
        runs.MapGet("/", ListAsync).Needs(ApiScopes.Read).WithName("ListRuns").WithSummary("List the runs, newest first.");
        runs.MapGet("/{id:int}", GetAsync)
            .Needs(ApiScopes.Read)
            .WithName("GetRun")
            .WithSummary("Get a run. With Prefer: wait=60, waits until it has ended or needs approval.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        Act(runs.MapPost("/{id:int}/cancel", CancelAsync), "CancelRun", "Cancel a run. It stops within seconds.");
        Act(runs.MapPost("/{id:int}/approve", ApproveAsync), "ApproveRun", "Approve a run that needs approval.");
        Act(runs.MapPost("/{id:int}/reject", RejectAsync), "RejectRun", "Reject a run that needs approval. It ends and sends nothing.");
        Act(runs.MapPost("/{id:int}/retry", RetryAsync), "RetryRejected", "Send the rejected profiles of a run again, in a new run.");
        Act(runs.MapPost("/{id:int}/undo", UndoAsync), "UndoRun", "Undo the last run of an export, in a new run.");
        runs.MapGet("/{id:int}/rejections", RejectionsFormat.WriteAsync)
            .Needs(ApiScopes.Read)
            .WithName("ListRejections")
            .WithSummary("Download the rejected profiles of a run, as NDJSON or, with Accept: text/csv, as CSV.")
            .Produces<RejectionItem>(StatusCodes.Status200OK, RejectionsFormat.Ndjson)
            .Produces<string>(StatusCodes.Status200OK, RejectionsFormat.Csv)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static void Act(RouteHandlerBuilder route, string name, string summary) =>
        route
            .Needs(ApiScopes.Run)
            .WithName(name)
            .WithSummary(summary)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<Ok<RunResource>, Accepted<RunResource>>> StartAsync(
        Caller caller,
        HttpContext context,
        RunService service,
        RunWait wait,
        int id,
        [Description("Whether all members are sent, changed or not, whatever the sync mode.")] bool? sendEverything,
        CancellationToken cancellationToken
    )
    {
        var runId =
            sendEverything == true
                ? await service.SendEverythingAsync(caller.Actor, id, cancellationToken)
                : await service.StartAsync(caller.Actor, id, cancellationToken);
        return await wait.AnswerAsync(context, caller.Actor, runId, cancellationToken);
    }

    private static async Task<Ok<ApiPage<RunSummary>>> ListAsync(
        Caller caller,
        RunQueries runs,
        int? exportId,
        Choice<RunState>? state,
        int? limit,
        string? cursor,
        CancellationToken cancellationToken
    )
    {
        var page = await runs.PageAsync(
            caller.Actor,
            new RunQuery
            {
                ExportId = exportId,
                State = state?.Value,
                BeforeId = (int?)Paging.Read(cursor),
                PageSize = Paging.Limit(limit),
            },
            cancellationToken
        );
        // The total counts the runs before the cursor.
        var last = page.Rows.Count > 0 && page.Total > page.Rows.Count ? page.Rows[^1].Run.Id : (int?)null;
        return TypedResults.Ok(new ApiPage<RunSummary>([.. page.Rows.Select(RunSummary.Of)], Paging.Write(last)));
    }

    private static Task<Results<Ok<RunResource>, Accepted<RunResource>>> GetAsync(
        Caller caller,
        HttpContext context,
        RunWait wait,
        int id,
        CancellationToken cancellationToken
    ) => wait.AnswerAsync(context, caller.Actor, id, cancellationToken);

    private static async Task<Results<Ok<RunResource>, Accepted<RunResource>>> CancelAsync(
        Caller caller,
        HttpContext context,
        RunService service,
        RunWait wait,
        int id,
        CancellationToken cancellationToken
    )
    {
        await service.CancelAsync(caller.Actor, id, cancellationToken);
        return await wait.AnswerAsync(context, caller.Actor, id, cancellationToken);
    }

    private static async Task<Results<Ok<RunResource>, Accepted<RunResource>>> ApproveAsync(
        Caller caller,
        HttpContext context,
        RunService service,
        RunWait wait,
        int id,
        CancellationToken cancellationToken
    )
    {
        await service.ApproveAsync(caller.Actor, id, cancellationToken);
        return await wait.AnswerAsync(context, caller.Actor, id, cancellationToken);
    }

    private static async Task<Results<Ok<RunResource>, Accepted<RunResource>>> RejectAsync(
        Caller caller,
        HttpContext context,
        RunService service,
        RunWait wait,
        int id,
        CancellationToken cancellationToken
    )
    {
        await service.RejectAsync(caller.Actor, id, cancellationToken);
        return await wait.AnswerAsync(context, caller.Actor, id, cancellationToken);
    }

    private static async Task<Results<Ok<RunResource>, Accepted<RunResource>>> RetryAsync(
        Caller caller,
        HttpContext context,
        RunService service,
        RunWait wait,
        int id,
        [FromQuery, Description("The reasons to retry. All for which sending again can help when left out.")]
            Choice<RejectionReason>[]? reason,
        CancellationToken cancellationToken
    )
    {
        var retry = await service.RetryRejectedAsync(
            caller.Actor,
            id,
            reason is { Length: > 0 } ? [.. reason.Select(one => one.Value)] : null,
            cancellationToken
        );
        return await wait.AnswerAsync(context, caller.Actor, retry, cancellationToken);
    }

    private static async Task<Results<Ok<RunResource>, Accepted<RunResource>>> UndoAsync(
        Caller caller,
        HttpContext context,
        RunService service,
        RunWait wait,
        int id,
        CancellationToken cancellationToken
    )
    {
        var undo = await service.UndoAsync(caller.Actor, id, cancellationToken);
        return await wait.AnswerAsync(context, caller.Actor, undo, cancellationToken);
    }
}
