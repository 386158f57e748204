using System.Security.Claims;
using Microsoft.AspNetCore.StaticAssets;
using Serilog;
using Serilog.Events;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// One line a request: method, route template, status, milliseconds, and the ids of person and run. Never an address, a query or a value of
/// the path: these hold one-time tokens and search words.
/// </summary>
internal static class RequestLog
{
    private static readonly object Key = new();

    /// <summary>At the beginning of the pipeline, so that the status is the one that was sent.</summary>
    public static void UseRequestLog(this WebApplication app) =>
        app.UseSerilogRequestLogging(options =>
        {
            options.Logger = app.Services.GetRequiredService<Serilog.ILogger>();
            options.MessageTemplate = "{Method} {Route} answered {Status} in {Milliseconds:0} ms (user {UserId}, run {RunId})";
            options.GetMessageTemplateProperties = Properties;
            options.GetLevel = (context, _, exception) => Level(context, exception);
        });

    /// <summary>
    /// After routing: keeps the route that was asked for. An error page is rendered by going through the pipeline once more, with a route
    /// of its own.
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
        // The reader went away before the answer was there; nothing failed.
        if (context.RequestAborted.IsCancellationRequested)
            return LogEventLevel.Debug;
        // 503 is meant: nobody is set up yet, or this machine drains.
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

        /// <summary>Asked for by machines and by pages, not by people.</summary>
        public bool IsBackground =>
            Endpoint?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
            || Route is { } route
                && (route.StartsWith("/health", StringComparison.Ordinal) || route.StartsWith("/_", StringComparison.Ordinal));
    }
}
