using KlaviyoExport.Web.Hosting;
using KlaviyoExport.Web.Setup;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace KlaviyoExport.Web.Api.Description;

/// <summary>Describes the API: the OpenAPI document, and a page with which a signed-in person can read and try it.</summary>
internal static class DescriptionRegistration
{
    private const string Document = "v1";

    public static IServiceCollection AddDescription(this IServiceCollection services) =>
        services.AddOpenApi(
            Document,
            options =>
            {
                options.ShouldInclude = endpoint => endpoint.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) == true;
                // Most generators of clients cannot read 3.1 yet.
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_0;
                options.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        ApiDescription.Describe(document);
                        return Task.CompletedTask;
                    }
                );
                options.AddSchemaTransformer(
                    (schema, context, _) =>
                    {
                        ApiDescription.Describe(schema, context.ParameterDescription?.ParameterDescriptor);
                        return Task.CompletedTask;
                    }
                );
                options.AddOperationTransformer(
                    (operation, context, _) =>
                    {
                        ApiDescription.Describe(operation, context.Description.ActionDescriptor.EndpointMetadata);
                        return Task.CompletedTask;
                    }
                );
            }
        );

    public static void MapDescription(this WebApplication app)
    {
        // Holds nothing about the installation. Generators of clients read it without a token.
        app.MapOpenApi("/api/openapi/{documentName}.json").AllowAnonymous().WithMetadata(new BeforeSetupAttribute());
        app.MapScalarApiReference(
            "/api/docs",
            (options, context) =>
                options
                    .WithTitle("Klaviyo Export API")
                    .WithOpenApiRoutePattern("/api/openapi/{documentName}.json")
                    .WithNonce(ScriptNonce.Allow(context))
                    .AddServer(new ScalarServer($"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}"))
                    // Nothing is sent to, or offered by, the makers of the page.
                    .DisableDefaultFonts()
                    .DisableTelemetry()
                    .DisableAgent()
                    .DisableMcp()
                    .HideClientButton()
                    .HideDeveloperTools()
        );
    }
}
