using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Overview;

public static class OverviewRegistration
{
    /// <summary>What pages read: home, lists, runs, rejections, status.</summary>
    public static IServiceCollection AddOverview(this IServiceCollection services) =>
        services
            .AddSingleton<ConnectionQueries>()
            .AddSingleton<ExportQueries>()
            .AddSingleton<ExportUserQueries>()
            .AddSingleton<HomeQueries>()
            .AddSingleton<RejectionService>()
            .AddSingletonBuilt<RunQueries>()
            .AddSingleton<StatusQueries>();
}
