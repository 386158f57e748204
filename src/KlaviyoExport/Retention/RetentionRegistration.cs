using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Retention;

public static class RetentionRegistration
{
    /// <summary>What is forgotten, and when.</summary>
    public static IServiceCollection AddRetention(this IServiceCollection services)
    {
        services.AddOptions<RetentionOptions>().BindConfiguration("Retention").ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<Purge>().AddHostedService<RetentionSweep>();
    }
}
