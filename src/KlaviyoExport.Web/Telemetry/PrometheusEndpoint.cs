using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Web.Hosting;
using KlaviyoExport.Web.Setup;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Telemetry;

/// <summary>
/// Maps /metrics, if it is enabled. With a token, it answers whoever has the token. Without one, it answers only requests that come directly
/// from this machine; all others get status 404.
/// </summary>
internal static class PrometheusEndpoint
{
    public const string Path = "/metrics";

    public static void MapPrometheus(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<TelemetryOptions>>().Value.Prometheus;
        if (!options.Enabled)
            return;
        app.MapPrometheusScrapingEndpoint(
                Path,
                meterProvider: null,
                branch => branch.Use((context, next) => AnswerAsync(context, options.Token, next)),
                optionsName: null
            )
            .AllowAnonymous()
            .WithMetadata(new BeforeSetupAttribute());
    }

    private static Task AnswerAsync(HttpContext context, string? token, RequestDelegate next)
    {
        if (token is { Length: > 0 } ? Has(context.Request, token) : LocalRequest.Is(context))
            return next(context);
        // The answer is for a machine: no page, and no redirect to the sign-in page.
        if (context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            pages.Enabled = false;
        context.Response.StatusCode = token is { Length: > 0 } ? StatusCodes.Status401Unauthorized : StatusCodes.Status404NotFound;
        if (context.Response.StatusCode == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }

    private static bool Has(HttpRequest request, string token) =>
        request.Headers.Authorization is [{ } sent]
        && sent.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
        // Hashes have the same length, so the comparison tells nothing about the token.
        && CryptographicOperations.FixedTimeEquals(Hash(sent["Bearer ".Length..].Trim()), Hash(token));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
