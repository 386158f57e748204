using System.Collections.Concurrent;
using System.Net;
using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Tests.Alerts;

/// <summary>A request that a receiver got.</summary>
internal sealed record ReceivedRequest(string Text, string? Delivery, string? Signature, string Path);

/// <summary>A real HTTP server that keeps what is posted to it.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    public const string Secret = "sixteen characters or more";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedRequest> _requests = [];

    private WebhookReceiver(WebApplication app) => _app = app;

    public IReadOnlyList<ReceivedRequest> Requests => [.. _requests];

    public Uri Address => new(_app.Urls.First());

    /// <summary>The status that it answers.</summary>
    public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    /// <summary>The body that it answers.</summary>
    public string Body { get; set; } = "";

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.Run(receiver.ReceiveAsync);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Adds it as a webhook, with the secret.</summary>
    public Task AddToAsync(AlertDesk desk, WebhookFormat format) =>
        desk
            .Product.Get<WebhookService>()
            .AddAsync(
                Product.Administrator,
                new NewWebhook("Receiver", new Uri(Address, "hook").ToString(), format, Secret),
                TestContext.Current.CancellationToken
            );

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        _requests.Enqueue(
            new ReceivedRequest(
                await reader.ReadToEndAsync(context.RequestAborted),
                context.Request.Headers["X-Klaviyo-Export-Delivery"],
                context.Request.Headers["X-Klaviyo-Export-Signature"],
                context.Request.Path
            )
        );
        context.Response.StatusCode = (int)Status;
        if ((int)Status is >= 300 and < 400)
            context.Response.Headers.Location = "/elsewhere";
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(Body, context.RequestAborted);
    }
}
