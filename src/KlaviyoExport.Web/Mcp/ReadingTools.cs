using System.ComponentModel;
using KlaviyoExport.Delivery.LookAhead;
using KlaviyoExport.Overview;
using KlaviyoExport.Overview.Lookup;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Web.Api.Exports;
using KlaviyoExport.Web.Api.Operations;
using KlaviyoExport.Web.Api.Runs;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace KlaviyoExport.Web.Mcp;

/// <summary>The tools that change nothing. They call the services of the pages, and return no personal data.</summary>
[McpServerToolType]
internal sealed class ReadingTools(
    IHttpContextAccessor requests,
    StatusQueries status,
    ExportQueries exports,
    RunQueries runs,
    ForecastService forecasts,
    PersonQueries people
)
{
    private const int Most = 50;

    [McpServerTool(Name = "get_status", ReadOnly = true, OpenWorld = false)]
    [Description("The status of all sources, segments and exports: how the last execution ended, and when the next one is planned.")]
    public Task<StatusResource> StatusAsync(CancellationToken cancellationToken)
    {
        var actor = McpCaller.Demand(requests, ApiScopes.Read);
        return McpCaller.AskAsync(async () => StatusResource.Of(await status.ListAsync(actor, cancellationToken)));
    }

    [McpServerTool(Name = "list_exports", ReadOnly = true, OpenWorld = false)]
    [Description("The exports with their lists, schedules and latest runs. At most 50.")]
    public Task<IReadOnlyList<ExportSummary>> ExportsAsync(
        [Description("A part of the name of the export, its connection or its list. All exports when left out.")] string? search = null,
        CancellationToken cancellationToken = default
    )
    {
        var actor = McpCaller.Demand(requests, ApiScopes.Read);
        return McpCaller.AskAsync<IReadOnlyList<ExportSummary>>(async () =>
        {
            var page = await exports.PageAsync(actor, new ExportQuery { Search = search, PageSize = Most }, cancellationToken);
            return [.. page.Rows.Select(ExportSummary.Of)];
        });
    }

    [McpServerTool(Name = "list_runs", ReadOnly = true, OpenWorld = false)]
    [Description("The latest runs, newest first, with their counts. At most 50.")]
    public Task<IReadOnlyList<RunSummary>> RunsAsync(
        [Description("The id of an export. The runs of all exports when left out.")] int? exportId = null,
        CancellationToken cancellationToken = default
    )
    {
        var actor = McpCaller.Demand(requests, ApiScopes.Read);
        return McpCaller.AskAsync<IReadOnlyList<RunSummary>>(async () =>
        {
            var page = await runs.PageAsync(actor, new RunQuery { ExportId = exportId, PageSize = Most }, cancellationToken);
            return [.. page.Rows.Select(RunSummary.Of)];
        });
    }

    [McpServerTool(Name = "get_run", ReadOnly = true, OpenWorld = false)]
    [Description("A run: how it ended, its counts (which must add up), the reasons of its rejections, and its timeline.")]
    public Task<RunResource> RunAsync([Description("The id of the run.")] int runId, CancellationToken cancellationToken)
    {
        var actor = McpCaller.Demand(requests, ApiScopes.Read);
        return McpCaller.AskAsync(async () => RunResource.Of(await runs.GetAsync(actor, runId, cancellationToken)));
    }

    [McpServerTool(Name = "forecast", ReadOnly = true, OpenWorld = true)]
    [Description("What a run of an export would do now, from a sample. Reads the source and asks Klaviyo, so it can take a minute.")]
    public Task<ForecastResource> ForecastAsync([Description("The id of the export.")] int exportId, CancellationToken cancellationToken)
    {
        var actor = McpCaller.Demand(requests, ApiScopes.Read);
        return McpCaller.AskAsync(async () =>
            ForecastResource.Of(await forecasts.OfExportAsync(actor, exportId, ForecastDepth.Sample, null, cancellationToken))
        );
    }

    [McpServerTool(Name = "why_person", ReadOnly = true, OpenWorld = true)]
    [Description("Why a person is or is not on the list of each export. Takes the key of the profile in its source, not an address.")]
    public Task<IReadOnlyList<PersonFindingResource>> WhyAsync(
        [Description("The key of the profile in its source, such as a customer number. Not an email address.")] string profileKey,
        CancellationToken cancellationToken
    )
    {
        var actor = McpCaller.Demand(requests, ApiScopes.Read);
        // An assistant should not be given addresses of customers to work with.
        if (profileKey.Contains('@', StringComparison.Ordinal))
            throw new McpException("Use the key of the profile in its source, not an email address.");
        return McpCaller.AskAsync<IReadOnlyList<PersonFindingResource>>(async () =>
            [
                .. (await people.FindAsync(actor, profileKey, cancellationToken))
                    .Where(person => person.KnowsPerson)
                    .Select(PersonFindingResource.Of),
            ]
        );
    }
}
