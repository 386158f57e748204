using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Web.Tests.Console;

/// <summary>A server that answers as the HTTP API does, with an export whose run is read several times before it ends.</summary>
internal sealed class StandInServer : IAsyncDisposable
{
    public const string Token = "kex_test";

    private readonly WebApplication _app;
    private int _reads;

    private StandInServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>The state in which the run ends.</summary>
    public string End { get; set; } = "successful";

    /// <summary>How often the run is read before it ends.</summary>
    public int Reads { get; set; } = 1;

    /// <summary>The status of the answers to reads of the run, before the next one is right.</summary>
    public Queue<int> Faults { get; } = [];

    public List<string> Requests { get; } = [];

    public static async Task<StandInServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new StandInServer(builder.Build());
        server.Map();
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map()
    {
        _app.Use(
            (context, next) =>
            {
                Requests.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
                return context.Request.Headers.Authorization == $"Bearer {Token}"
                    ? next(context)
                    : Problem(401, "The token is not valid.").ExecuteAsync(context);
            }
        );
        var api = _app.MapGroup("/base/api/v1");
        api.MapGet(
            "exports",
            (string name) =>
                new
                {
                    items = new[] { new { id = 6, name = "Newsletter 2" }, new { id = 7, name = "Newsletter" } }.Where(export =>
                        export.name.Contains(name, StringComparison.OrdinalIgnoreCase)
                    ),
                    next = (string?)null,
                }
        );
        api.MapGet(
            "exports/{id:int}",
            (int id) => id == 7 ? Results.Json(new { id, name = "Newsletter" }) : Problem(404, "There is no such export.")
        );
        api.MapPost(
            "exports/{id:int}/runs",
            (int id) => id == 7 ? Results.Json(Run("queued"), statusCode: 202) : Problem(403, "You may not run this export.")
        );
        api.MapGet("runs", () => new { items = new[] { Run(End) }, next = (string?)null });
        api.MapGet(
            "runs/{id:int}",
            () => Faults.TryDequeue(out var status) ? Problem(status, "Busy.") : Results.Json(Run(_reads++ < Reads ? "sending" : End))
        );
        api.MapGet(
            "status",
            () =>
                new
                {
                    exports = new[]
                    {
                        new
                        {
                            id = 7,
                            name = "Newsletter",
                            status = "successful",
                        },
                    },
                    sources = Array.Empty<object>(),
                    segments = Array.Empty<object>(),
                }
        );
    }

    private static object Run(string state) =>
        new
        {
            id = 12,
            exportId = 7,
            export = "Newsletter",
            state,
            isFinal = state is not ("queued" or "sending" or "needsApproval"),
            outcome = (string?)null,
            queuedAt = DateTimeOffset.UnixEpoch,
            progress = new
            {
                stage = "send",
                done = 5,
                total = 10,
                timeLeftSeconds = 3.5,
            },
            ledger = new { members = 10, accepted = 10 },
        };

    private static IResult Problem(int status, string detail) =>
        Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?> { ["code"] = "test" });
}
