using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Sources.Disk;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Sources.Entra;
using KlaviyoExport.Sources.Odbc;
using KlaviyoExport.Sources.Remote;
using KlaviyoExport.Sources.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources;

/// <summary>Registers the services of sources.</summary>
public static class SourcesRegistration
{
    /// <summary>
    /// Registers the services of sources: files, loading, reading and clean-up. The options are in section <c>Sources</c>.
    /// </summary>
    public static IServiceCollection AddSources(this IServiceCollection services, IConfiguration configuration)
    {
        MachineAddresses.Register(services, configuration);
        services.AddOptions<SourceOptions>().Bind(configuration.GetSection(SourceOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<SourceOptions>, SourceOptionsValidator>();
        services.AddOptions<DiskOptions>().Bind(configuration.GetSection(DiskOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<DiskOptions>, DiskOptions.Validator>();
        services.TryAddSingleton<ReadDiskSpace>(_ => DataDisk.Read);
        services.AddSingleton<DataDisk>();
        services.AddSingleton<UploadQuota>();
        services.TryAddSingleton<Audit>();
        services.AddSecretColumn<Source>(nameof(Source.Password), SecretKind.Credential);
        services.AddSecretColumn<Source>(nameof(Source.Samples), SecretKind.Payload);
        services.AddSingleton<SourceSamples>();
        services.AddHostedService(provider => provider.GetRequiredService<SourceSamples>());
        services.AddSingleton<SourcePaths>();
        services.AddSingletonBuilt<SourceUploads>();
        services.AddSingleton<SourcePasswords>();
        services.AddSingleton<EntraTokens>();
        services.AddSingleton<ServerSessions>();
        services.AddSingleton(_ => new OdbcDrivers(OdbcManager.Read));
        services.AddSingleton<RemoteStores>();
        services.AddSingleton<RemoteLoader>();
        services.AddSingletonBuilt<ProfileTables>();
        services.AddSingleton<SourceLoader>();
        services.AddSingleton<DataTimes>();
        services.AddSingleton<FreshnessCheck>();
        services.AddSingleton<MalformedRowsDownload>();
        services.AddSingleton<SourceFiles>();
        services.AddHostedService(provider => provider.GetRequiredService<SourceFiles>());
        services.AddSweep<SourceFiles>(TimeSpan.FromHours(6), (files, stopping) => files.SweepOldAsync(stopping));
        services.AddSingleton<ColumnReader>();
        services.AddSingleton<TableReader>();
        services.AddSingletonBuilt<SourceColumns>();
        services.AddSingleton<SourceLoads>();
        services.AddSingletonBuilt<SourceService>();
        services.AddSingleton<SampleSource>();
        return services;
    }
}
