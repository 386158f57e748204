using System.ComponentModel;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Overview;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Web.Api.Runs;
using ModelContextProtocol.Server;

namespace KlaviyoExport.Web.Mcp;

/// <summary>The tools that start something. Listed for tokens with the scope <see cref="ApiScopes.Run"/> only.</summary>
[McpServerToolType]
internal sealed class RunningTools(IHttpContextAccessor requests, RunService service, RunQueries runs)
{
    [McpServerTool(Name = "run_export", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = true)]
    [Description(
        "Run an export now: sends its members to Klaviyo. Returns the run in progress when there is one. Ask get_run for its end."
    )]
    public Task<RunResource> RunAsync([Description("The id of the export.")] int exportId, CancellationToken cancellationToken)
    {
        var actor = McpCaller.Demand(requests, ApiScopes.Run);
        return McpCaller.AskAsync(async () =>
        {
            var runId = await service.StartAsync(actor, exportId, cancellationToken);
            return RunResource.Of(await runs.GetAsync(actor, runId, cancellationToken));
        });
    }
}
