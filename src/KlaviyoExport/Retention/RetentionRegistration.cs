using KlaviyoExport.Data;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Retention;

/// <summary>Registers the services of this folder.</summary>
public static class RetentionRegistration
{
    /// <summary>Adds the hourly deletion of data that has reached the end of its retention period.</summary>
    public static IServiceCollection AddRetention(this IServiceCollection services)
    {
        services.AddOptions<RetentionOptions>().BindConfiguration(RetentionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<Purge>().AddSweep<Purge>(TimeSpan.FromHours(1), (purge, stopping) => purge.RunAsync(stopping));
    }
}
