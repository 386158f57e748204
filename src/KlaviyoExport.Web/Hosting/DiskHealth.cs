using KlaviyoExport.Sources.Disk;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KlaviyoExport.Web.Hosting;

/// <summary>Reports the server as degraded while uploads and loads are refused, because the rest of the disk is reserved for runs.</summary>
internal sealed class DiskHealth(DataDisk disk) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(disk.Look() is { IsLow: true } ? HealthCheckResult.Degraded() : HealthCheckResult.Healthy());
}
