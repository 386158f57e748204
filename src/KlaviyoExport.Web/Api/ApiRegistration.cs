using System.Text.Json;
using System.Text.Json.Serialization;
using KlaviyoExport.Web.Api.Access;
using KlaviyoExport.Web.Api.Configuration;
using KlaviyoExport.Web.Api.Description;
using KlaviyoExport.Web.Api.Exports;
using KlaviyoExport.Web.Api.Operations;
using KlaviyoExport.Web.Api.Runs;
using KlaviyoExport.Web.Hosting.Limits;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Api;

/// <summary>
/// Registers and maps the HTTP API for programs, version 1. Endpoints call the same services as the pages, which check the same permission
/// rules. Its requests are authenticated by tokens, its errors are problems of RFC 9457.
/// </summary>
internal static class ApiRegistration
{
    public const string Base = "/api/v1";

    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, _ => { });
        services.AddSingleton<RunWait>();
        services.AddDescription();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
            // A misspelled member must not be ignored in silence.
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.RespectNullableAnnotations = true;
            options.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        return services;
    }

    public static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api/v1");

    public static void MapApi(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<ApiOptions>>().Value.Enabled)
        {
            app.Map(Base + "/{**rest}", ApiProblem.TurnedOff).AllowAnonymous().ExcludeFromDescription();
            return;
        }
        var api = app.MapGroup(Base)
            .RequireAuthorization(policy => policy.AddAuthenticationSchemes(TokenAuthentication.SchemeName).RequireAuthenticatedUser())
            .RequireRateLimiting(RateLimits.Token)
            .DisableAntiforgery()
            .NameWrongParameters()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        api.MapExports();
        api.MapRuns();
        api.MapOperations();
        api.MapConfiguration();
        api.Map("/{**rest}", UnmatchedRequest.Answer).ExcludeFromDescription();
        app.MapDescription();
    }

    /// <summary>Returns the path of a resource, with the path base of the application.</summary>
    /// <param name="context">The request.</param>
    /// <param name="resource">The path below <see cref="Base"/>, such as "runs/7".</param>
    public static string PathTo(this HttpContext context, string resource) => $"{context.Request.PathBase}{Base}/{resource}";
}
