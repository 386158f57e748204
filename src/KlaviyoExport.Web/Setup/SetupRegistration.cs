using Microsoft.Extensions.DependencyInjection.Extensions;

namespace KlaviyoExport.Web.Setup;

internal static class SetupRegistration
{
    public static IServiceCollection AddSetup(this IServiceCollection services)
    {
        services.TryAddSingleton(new Announcer(System.Console.Out));
        services.AddSingleton<FirstAdministrator>();
        services.AddHostedService<SetupLink>();
        return services;
    }
}
