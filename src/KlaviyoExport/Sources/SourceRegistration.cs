using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Sources.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources;

public static class SourceRegistration
{
    /// <summary>Sources: their files, loading, reading and upkeep. Options come from section <c>Sources</c>.</summary>
    public static IServiceCollection AddSources(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SourceOptions>().Bind(configuration.GetSection(SourceOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SourceOptions>, SourceOptionsCheck>();
        services.TryAddSingleton<Audit>();
        services.AddSingleton<SourcePaths>();
        services.AddSingleton<SourceUploads>();
        services.AddSingleton<ServerSessions>();
        services.AddSingleton(provider => new ProfileTables(
            provider.GetRequiredService<SourcePaths>(),
            provider.GetRequiredService<ServerSessions>(),
            provider.GetRequiredService<IOptions<StoreOptions>>(),
            provider.GetRequiredService<IDbContextFactory<AppDb>>()));
        services.AddSingleton<SourceLoader>();
        services.AddSingleton<SourceFiles>();
        services.AddHostedService(provider => provider.GetRequiredService<SourceFiles>());
        services.AddSingleton(provider => new SourceService(
            provider.GetRequiredService<IDbContextFactory<AppDb>>(),
            provider.GetRequiredService<SourceLoader>(),
            provider.GetRequiredService<ServerSessions>(),
            provider.GetRequiredService<SourceFiles>(),
            provider.GetRequiredService<Audit>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SourceService>>()));
        return services;
    }
}
