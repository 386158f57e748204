using KlaviyoExport.Cluster;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Web.Setup;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Maps the health endpoints for load balancers and system administrators: /health/live (the process runs), /health/ready (the store
/// responds and the node is not draining) and /health (the store responds; "Degraded" while uploads are refused because the disk is nearly
/// full). /health/drain can be called only from this machine.
/// </summary>
internal static class HealthRoutes
{
    public const string Drain = "/health/drain";

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<StoreHealth>("store").AddCheck<NodeHealth>("node").AddCheck<DiskHealth>("disk");
        return services;
    }

    public static void MapHealth(this WebApplication app)
    {
        Open(app.MapHealthChecks("/health", new HealthCheckOptions { Predicate = check => check.Name is "store" or "disk" }));
        Open(app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }));
        Open(app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Name is "store" or "node" }));
        // A browser does not let a page of another origin send PUT or DELETE requests.
        Open(
            app.MapPut(
                Drain,
                async (HttpContext context, NodeDrain drain, Node node, CancellationToken cancellationToken) =>
                {
                    if (!LocalRequest.Is(context))
                        return Results.NotFound();
                    await drain.BeginAsync(cancellationToken);
                    return Say(node);
                }
            )
        );
        Open(
            app.MapDelete(
                Drain,
                async (HttpContext context, NodeDrain drain, Node node, CancellationToken cancellationToken) =>
                {
                    if (!LocalRequest.Is(context))
                        return Results.NotFound();
                    await drain.EndAsync(cancellationToken);
                    return Say(node);
                }
            )
        );
        Open(app.MapGet(Drain, (HttpContext context, Node node) => LocalRequest.Is(context) ? Say(node) : Results.NotFound()));
    }

    private static void Open(IEndpointConventionBuilder route) => route.AllowAnonymous().WithMetadata(new BeforeSetupAttribute());

    private static IResult Say(Node node) => Results.Json(new { draining = node.IsDraining, runs = node.Working });
}
