using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KlaviyoExport.People;

public static class PeopleServicesRegistration
{
    /// <summary>People, roles and the audit; signing in is the web's.</summary>
    public static IServiceCollection AddPeopleServices(this IServiceCollection services)
    {
        services.AddOptions<LocalAccountsOptions>().BindConfiguration(LocalAccountsOptions.Section).ValidateOnStart();
        services.TryAddSingleton<Audit>();
        services.TryAddSingleton<AuditTrail>();
        services.TryAddSingleton<PeopleService>();
        return services;
    }
}
