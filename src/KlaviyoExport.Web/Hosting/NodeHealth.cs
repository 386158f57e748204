using KlaviyoExport.Cluster;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KlaviyoExport.Web.Hosting;

/// <summary>Reports this node as unhealthy while it is draining or stopping, so that it gets no new requests.</summary>
internal sealed class NodeHealth(Node node, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            node.IsDraining || lifetime.ApplicationStopping.IsCancellationRequested
                ? HealthCheckResult.Unhealthy()
                : HealthCheckResult.Healthy()
        );
}
