using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Tests.Klaviyo;

/// <summary>
/// A real HTTP server on loopback with the answers of a test, for answers that neither Klaviyo nor the sandbox should give.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();

    private ScriptedServer(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        var count = 0;
        _app.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            var request = context.Request;
            _received.Enqueue(
                new(
                    request.Method,
                    request.Path + request.QueryString.Value,
                    await body.ReadToEndAsync(),
                    request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)
                )
            );
            await answer(context, Interlocked.Increment(ref count));
        });
    }

    public string Address => _app.Urls.First();

    public IReadOnlyList<Received> Received => [.. _received];

    /// <param name="answer">Gets each request with its number, from 1.</param>
    public static async Task<ScriptedServer> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var server = new ScriptedServer(answer);
        await server._app.StartAsync();
        return server;
    }

    public static Task<ScriptedServer> StartAsync(int status, string body, string type = "application/vnd.api+json") =>
        StartAsync((context, _) => context.AnswerAsync(status, body, type));

    public async ValueTask DisposeAsync()
    {
        // Some tests leave a call unanswered on purpose.
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}

internal sealed record Received(string Method, string Target, string Body, Dictionary<string, string> Headers);

internal static class Answers
{
    public const string Job =
        """{"data":{"type":"profile-bulk-import-job","id":"J1","attributes":{"status":"complete","created_at":"2026-11-22T10:00:00Z","total_count":3,"completed_count":3,"failed_count":1,"unknown":{}}},"links":{}}""";

    public static string Errors(string code) =>
        $$"""{"errors":[{"id":"e1","status":400,"code":"{{code}}","title":"T","detail":"D","source":{"pointer":"/data/attributes/profiles/data/3/attributes/email"},"meta":{} }]}""";

    public static Task AnswerAsync(this HttpContext context, int status, string body, string type = "application/vnd.api+json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(body);
    }
}
