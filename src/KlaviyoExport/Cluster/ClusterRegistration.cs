using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Cluster;

/// <summary>Registers the services of this folder.</summary>
public static class ClusterRegistration
{
    /// <summary>Adds the services that coordinate several servers with one store.</summary>
    public static IServiceCollection AddCluster(this IServiceCollection services)
    {
        services.AddOptions<ClusterOptions>().BindConfiguration(ClusterOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClusterOptions>, ClusterOptions.Validator>();
        services.AddHostedService<SharedDirectory>();
        return services.AddSingleton<Node>().AddSingleton<Leases>();
    }
}
