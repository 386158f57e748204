using KlaviyoExport.Cluster;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KlaviyoExport.Web.Hosting;

/// <summary>Whether this machine wants requests: not while it drains or stops.</summary>
internal sealed class NodeHealth(Node node, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            node.IsDraining || lifetime.ApplicationStopping.IsCancellationRequested
                ? HealthCheckResult.Unhealthy()
                : HealthCheckResult.Healthy()
        );
}
