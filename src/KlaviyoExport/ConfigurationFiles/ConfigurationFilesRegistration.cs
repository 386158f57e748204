using KlaviyoExport.ConfigurationFiles.Applying;
using KlaviyoExport.ConfigurationFiles.Planning;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.ConfigurationFiles;

/// <summary>Registers the services of this folder.</summary>
public static class ConfigurationFilesRegistration
{
    /// <summary>Adds the export, plan and apply of configuration files.</summary>
    public static IServiceCollection AddConfigurationFiles(this IServiceCollection services) =>
        services
            .AddSingleton<PresentReader>()
            .AddSingleton<WantedConfiguration>()
            .AddSingleton<LossReader>()
            .AddSingleton<SecretChanges>()
            .AddSingleton<Planner>()
            .AddSingleton<ConnectionApply>()
            .AddSingleton<SourceApply>()
            .AddSingleton<SegmentApply>()
            .AddSingleton<ExportApply>()
            .AddSingleton<AlertsApply>()
            .AddSingleton<Applier>()
            .AddSingletonBuilt<ConfigurationFileService>();
}
