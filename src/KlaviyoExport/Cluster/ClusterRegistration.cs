using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Cluster;

public static class ClusterRegistration
{
    /// <summary>What keeps several machines over one store from getting into each other's way.</summary>
    public static IServiceCollection AddCluster(this IServiceCollection services)
    {
        services.AddOptions<ClusterOptions>().BindConfiguration(ClusterOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ClusterOptions>, ClusterOptions.Validator>();
        services.AddHostedService<SharedDirectory>();
        return services.AddSingleton<Node>().AddSingleton<Leases>();
    }
}
