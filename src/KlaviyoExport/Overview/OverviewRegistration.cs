using KlaviyoExport.Overview.Checks;
using KlaviyoExport.Overview.Lookup;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Overview;

/// <summary>Registers the services of this folder.</summary>
public static class OverviewRegistration
{
    /// <summary>Adds the services that read data for the pages: home, lists, runs, rejections and status.</summary>
    public static IServiceCollection AddOverview(this IServiceCollection services) =>
        services
            .AddSingleton<ConnectionQueries>()
            .AddSingletonBuilt<ConnectionUseQueries>()
            .AddSingleton<DriftQueries>()
            .AddSingleton<ExportGlanceQueries>()
            .AddSingleton<ExportQueries>()
            .AddSingleton<ExportUserQueries>()
            .AddSingleton<HomeQueries>()
            .AddSingletonBuilt<PersonQueries>()
            .AddSingleton<RejectionService>()
            .AddSingleton<RejectedProfilesCsv>()
            .AddSingletonBuilt<RunQueries>()
            .AddSingleton<SearchQueries>()
            .AddSingleton<StatusQueries>()
            .AddSingleton<DirectoryCheck>()
            .AddSingleton<StoreCheck>()
            .AddSingleton<KeysCheck>()
            .AddSingleton<AuditCheck>()
            .AddSingleton<ForwardingCheck>()
            .AddSingleton<SourcesCheck>()
            .AddSingleton<ConnectionsCheck>()
            .AddSingleton<MailCheck>()
            .AddSingleton<ClockCheck>()
            .AddSingletonBuilt<Checkup>()
            .AddHostedService<StoreGauges>();
}
