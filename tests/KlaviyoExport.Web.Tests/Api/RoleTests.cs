using System.Net;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Api.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Api;

/// <summary>Who may call which endpoint: the same rules as on the pages.</summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class RoleTests(DemoApi demo)
{
    /// <summary>
    /// Each endpoint, who may call it (A)dministrator, (C)ontributor on a shared connection, (O)perator, (V)iewer, and a request. {export}
    /// is a new export, {run} a run of it that has ended.
    /// </summary>
    private static readonly Dictionary<string, (string Allowed, string Method, string Path)> Endpoints = new()
    {
        ["GetToken"] = ("ACOV", "GET", "token"),
        ["ListExports"] = ("ACOV", "GET", "exports"),
        ["GetExport"] = ("ACOV", "GET", "exports/{export}"),
        ["CreateExport"] = ("AC", "POST", "exports"),
        ["UpdateExport"] = ("AC", "PUT", "exports/{export}"),
        ["DeleteExport"] = ("AC", "DELETE", "exports/{export}"),
        ["ScheduleExport"] = ("AC", "PUT", "exports/{export}/schedule"),
        ["StartRun"] = ("ACO", "POST", "exports/{export}/runs"),
        ["ListRuns"] = ("ACOV", "GET", "runs"),
        ["GetRun"] = ("ACOV", "GET", "runs/{run}"),
        ["CancelRun"] = ("ACO", "POST", "runs/{run}/cancel"),
        ["ApproveRun"] = ("AC", "POST", "runs/{run}/approve"),
        ["RejectRun"] = ("AC", "POST", "runs/{run}/reject"),
        ["RetryRejected"] = ("ACO", "POST", "runs/{run}/retry"),
        ["UndoRun"] = ("ACO", "POST", "runs/{run}/undo"),
        ["ListRejections"] = ("ACOV", "GET", "runs/{run}/rejections"),
        ["ListSegments"] = ("ACOV", "GET", "segments"),
        ["CountSegment"] = ("AC", "POST", "segments/1/count"),
        ["ListSources"] = ("ACOV", "GET", "sources"),
        ["LoadSource"] = ("A", "POST", "sources/1/load"),
        ["ListConnections"] = ("ACOV", "GET", "connections"),
        ["GetStatus"] = ("ACOV", "GET", "status"),
        ["ListRefreshes"] = ("ACOV", "GET", "refreshes"),
        ["StartRefresh"] = ("A", "POST", "refreshes"),
        ["ListAudit"] = ("A", "GET", "audit"),
        ["DownloadAudit"] = ("A", "GET", "audit/entries"),
        ["GetConfiguration"] = ("A", "GET", "configuration"),
        ["PlanConfiguration"] = ("A", "POST", "configuration/plan"),
        ["ApplyConfiguration"] = ("A", "POST", "configuration/apply"),
    };

    /// <summary>Endpoints that leave an ended run as it is, so that all can be called about the same one.</summary>
    private static readonly string[] LeavesRun = ["GetRun", "CancelRun", "ApproveRun", "RejectRun", "ListRejections"];

    private static readonly Dictionary<Actor, (int Export, int Run)> Ended = [];

    public static TheoryData<string> Names => [.. Endpoints.Keys];

    [Fact]
    public async Task Every_endpoint_is_in_the_table()
    {
        var app = await demo.StartAsync();

        var names = app
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal))
            .Select(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName)
            .OfType<string>();

        Assert.Equal(Endpoints.Keys.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_endpoint_is_open_to_the_roles_of_the_table_only(string name)
    {
        var (allowed, method, path) = Endpoints[name];
        foreach (var role in Enum.GetValues<Role>())
        {
            using var program = await demo.OpenAsync(role);
            var (export, run) = path.Contains('{', StringComparison.Ordinal) ? await NewExportAsync(name, role) : (0, 0);

            var response = await program.SendAsync(
                new HttpMethod(method),
                path.Replace("{export}", $"{export}", StringComparison.Ordinal).Replace("{run}", $"{run}", StringComparison.Ordinal),
                name switch
                {
                    "CreateExport" or "UpdateExport" => await ExportTests.InputAsync(program, $"{name} by {role}"),
                    "PlanConfiguration" or "ApplyConfiguration" => "version: 1",
                    "ScheduleExport" => """{"isOn":false}""",
                    _ => null,
                },
                ("If-Match", "*")
            );

            if (allowed.Contains(role.ToString()[0], StringComparison.Ordinal))
                Assert.True(
                    response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.UnprocessableEntity,
                    $"{role}: {response.StatusCode} {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}"
                );
            else
                Assert.Equal((role, "not-allowed"), (role, (await ApiClient.ProblemAsync(response)).Code));
        }
    }

    [Fact]
    public async Task Every_endpoint_but_that_of_the_token_itself_needs_a_scope()
    {
        var app = await demo.StartAsync();

        var open = app
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => Endpoints.ContainsKey(endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? ""))
            .Where(endpoint => endpoint.Metadata.GetMetadata<NeedsScope>() is null)
            .Select(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName);

        Assert.Equal(["GetToken"], open);
    }

    /// <summary>An export that the role may use as the rules say, and a run of it that has ended.</summary>
    private async Task<(int Export, int Run)> NewExportAsync(string name, Role role)
    {
        using var administrator = await demo.OpenAsync();
        var app = await demo.StartAsync();
        // The owner of an export may approve its runs.
        var owner = await demo.ActorAsync(role == Role.Contributor ? Role.Contributor : Role.Administrator);
        var leavesRun = LeavesRun.Contains(name);
        if (leavesRun && Ended.TryGetValue(owner, out var ended))
            return ended;
        var export = await app.Services.GetRequiredService<ExportService>().DuplicateAsync(owner, 1, TestContext.Current.CancellationToken);
        if (!Endpoints[name].Path.Contains("{run}", StringComparison.Ordinal))
            return (export, 0);
        var run = await ApiClient.ReadAsync(await administrator.PostAsync($"exports/{export}/runs", null, ("Prefer", "wait=60")));
        var both = (export, (int)run["id"]!);
        if (leavesRun)
            Ended[owner] = both;
        return both;
    }
}
