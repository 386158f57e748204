using System.Security.Claims;
using Microsoft.AspNetCore.StaticAssets;
using Serilog;
using Serilog.Events;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Logs one line per request: method, route template, status, duration in milliseconds, and the ids of the person and the run. Addresses,
/// queries and path values are never logged, because they can contain one-time tokens and search words. The run id is the only exception.
/// </summary>
internal static class RequestLog
{
    private static readonly object Key = new();

    /// <summary>Adds the request log. Call it at the beginning of the pipeline, so that it sees the status that is sent.</summary>
    public static void UseRequestLog(this WebApplication app) =>
        app.UseSerilogRequestLogging(options =>
        {
            options.Logger = app.Services.GetRequiredService<Serilog.ILogger>();
            options.MessageTemplate = "{Method} {Route} answered {Status} in {Milliseconds:0} ms (user {UserId}, run {RunId})";
            options.GetMessageTemplateProperties = Properties;
            options.GetLevel = (context, _, exception) => Level(context, exception);
        });

    /// <summary>
    /// Keeps the route of the original request for the log. Call it after routing. An error page runs through the pipeline a second time,
    /// with the route of the error page.
    /// </summary>
    public static void UseRequestRoute(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                context.Items.TryAdd(
                    Key,
                    new Asked(context.GetEndpoint() as RouteEndpoint, context.Request.RouteValues.GetValueOrDefault("id")?.ToString())
                );
                return next(context);
            }
        );

    private static IEnumerable<LogEventProperty> Properties(HttpContext context, string path, double elapsed, int status)
    {
        var asked = context.Items[Key] as Asked;
        return
        [
            Property("Method", context.Request.Method),
            Property("Route", asked?.Route ?? "unmatched"),
            Property("Status", status),
            Property("Milliseconds", elapsed),
            Property("UserId", context.User.FindFirstValue(ClaimTypes.NameIdentifier)),
            Property("RunId", asked?.RunId),
        ];
    }

    private static LogEventProperty Property(string name, object? value) => new(name, new ScalarValue(value));

    private static LogEventLevel Level(HttpContext context, Exception? exception)
    {
        // The client closed the connection before the response was complete. This is not a failure.
        if (context.RequestAborted.IsCancellationRequested)
            return LogEventLevel.Debug;
        // 503 is an expected response: the first administrator is not set up yet, or this node is draining.
        if (
            exception is not null
            || context.Response.StatusCode is >= StatusCodes.Status500InternalServerError and not StatusCodes.Status503ServiceUnavailable
        )
            return LogEventLevel.Error;
        return context.Items[Key] is Asked { IsBackground: true } ? LogEventLevel.Debug : LogEventLevel.Information;
    }

    private sealed record Asked(RouteEndpoint? Endpoint, string? Id)
    {
        public string? Route => Endpoint?.RoutePattern.RawText is { } route ? "/" + route.TrimStart('/') : null;

        public string? RunId => Route?.StartsWith("/runs/{", StringComparison.OrdinalIgnoreCase) == true ? Id : null;

        /// <summary>Whether the request comes from a machine or a page, not from a person.</summary>
        public bool IsBackground =>
            Endpoint?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
            || Route is { } route
                && (route.StartsWith("/health", StringComparison.Ordinal) || route.StartsWith("/_", StringComparison.Ordinal));
    }
}
