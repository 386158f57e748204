using System.Text.Json;
using System.Text.Json.Serialization;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Web.Api.Access;
using KlaviyoExport.Web.Hosting.Limits;
using ModelContextProtocol.Protocol;

namespace KlaviyoExport.Web.Mcp;

/// <summary>
/// Registers and maps the tools for assistants at <c>/mcp</c>. A request is authenticated by an API token, and a tool may do what the role and
/// the scopes of the token permit.
/// </summary>
internal static class McpRegistration
{
    public const string Path = "/mcp";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
    };

    public static IServiceCollection AddMcp(this IServiceCollection services, IConfiguration configuration)
    {
        if (!IsEnabled(configuration))
            return services;
        services.AddHttpContextAccessor();
        services
            .AddMcpServer(options =>
            {
                options.ServerInfo = new Implementation { Name = "klaviyo-export", Version = Version };
                options.ServerInstructions =
                    "Tells what exports of customer segments to Klaviyo lists do, and why. Personal data is never returned.";
            })
            // Each request stands alone, so any server of several can answer it.
            .WithHttpTransport(transport => transport.Stateless = true)
            .WithTools<ReadingTools>(Json)
            .WithTools<RunningTools>(Json)
            .WithRequestFilters(filters =>
                filters.AddListToolsFilter(next =>
                    async (request, cancellationToken) =>
                    {
                        var result = await next(request, cancellationToken);
                        if (!McpCaller.Has(request.Services, ApiScopes.Run))
                            result.Tools = [.. result.Tools.Where(tool => tool.Annotations?.ReadOnlyHint == true)];
                        return result;
                    }
                )
            );
        return services;
    }

    public static void MapMcp(this WebApplication app)
    {
        if (!IsEnabled(app.Configuration))
            return;
        McpEndpointRouteBuilderExtensions
            .MapMcp(app, Path)
            .RequireAuthorization(policy => policy.AddAuthenticationSchemes(TokenAuthentication.SchemeName).RequireAuthenticatedUser())
            .RequireRateLimiting(RateLimits.Token)
            .WithMetadata(new Microsoft.AspNetCore.Antiforgery.RequireAntiforgeryTokenAttribute(required: false));
    }

    private static string Version => typeof(McpRegistration).Assembly.GetName().Version?.ToString(3) ?? "0";

    private static bool IsEnabled(IConfiguration configuration) =>
        configuration.GetSection(McpOptions.Section).Get<McpOptions>()?.Enabled == true;
}
