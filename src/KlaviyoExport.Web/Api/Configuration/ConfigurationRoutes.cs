using System.ComponentModel;
using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Web.Api.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KlaviyoExport.Web.Api.Configuration;

/// <summary>The endpoints that read the configuration as a YAML file, and plan and apply a file.</summary>
internal static class ConfigurationRoutes
{
    private const string Yaml = "application/yaml";

    public static void MapConfiguration(this RouteGroupBuilder api)
    {
        var configuration = api.MapGroup("/configuration").WithTags("Configuration");
        configuration
            .MapGet("/", ExportAsync)
            .Needs(ApiScopes.Administer)
            .WithName("GetConfiguration")
            .WithSummary("Get the configuration as a YAML file, without secrets.")
            .Produces<string>(StatusCodes.Status200OK, Yaml);
        Takes(configuration.MapPost("/plan", PlanAsync))
            .WithName("PlanConfiguration")
            .WithSummary("Tell what applying a file would change, and what would be lost.");
        Takes(configuration.MapPost("/apply", ApplyAsync))
            .WithName("ApplyConfiguration")
            .WithSummary("Make the installation as a file says. Applying it again changes nothing.")
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static RouteHandlerBuilder Takes(RouteHandlerBuilder endpoint) =>
        endpoint
            .Needs(ApiScopes.Administer)
            .Accepts<string>(Yaml, "application/x-yaml", "text/yaml", "text/plain")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<ContentHttpResult> ExportAsync(
        Caller caller,
        ConfigurationFileService files,
        CancellationToken cancellationToken
    ) => TypedResults.Text(await files.ExportAsync(caller.Actor, cancellationToken), Yaml + "; charset=utf-8");

    private static async Task<Ok<ConfigurationPlan>> PlanAsync(
        Caller caller,
        HttpRequest request,
        ConfigurationFileService files,
        CancellationToken cancellationToken
    )
    {
        var text = await ConfigurationFileService.ReadAsync(request.Body, cancellationToken);
        return TypedResults.Ok(await files.PlanAsync(caller.Actor, text, cancellationToken));
    }

    private static async Task<Ok<ConfigurationResult>> ApplyAsync(
        Caller caller,
        HttpRequest request,
        ConfigurationFileService files,
        [Description(
            "Whether items are removed that the sections of the file do not have, and whether changes may delete what was recorded."
        )]
            bool? prune,
        [Description("The state of a plan. When the configuration is no longer the same, nothing is changed.")] string? state,
        CancellationToken cancellationToken
    )
    {
        var text = await ConfigurationFileService.ReadAsync(request.Body, cancellationToken);
        var options = new ApplyOptions { Prune = prune == true, ExpectedState = state };
        return TypedResults.Ok(await files.ApplyAsync(caller.Actor, text, options, cancellationToken));
    }
}
