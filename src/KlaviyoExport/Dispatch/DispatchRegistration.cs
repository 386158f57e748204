using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace KlaviyoExport.Dispatch;

/// <summary>Registers the services of this folder.</summary>
public static class DispatchRegistration
{
    private const int MaxAccountsAtOnce = 16;

    /// <summary>
    /// Adds the services that start, cancel and approve runs, and Quartz, which queues the runs of each account. Quartz keeps its
    /// triggers in memory, or in the store when several servers share it.
    /// </summary>
    public static IServiceCollection AddDispatch(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddQuartz(quartz =>
            Keep(quartz, configuration)
                // One thread more than deliveries may use, so that due schedules are checked even when all other threads are busy.
                .UseDefaultThreadPool(pool => pool.MaxConcurrency = MaxAccountsAtOnce + 1)
                .UseExecutionLimits(limits => limits.ForGroup(RunScheduler.ExecutionGroup, MaxAccountsAtOnce))
                .ConfigureScheduler(scheduler => scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always)
        );
        return services
            .AddSingleton<RunScheduler>()
            .AddSingleton<RunQueue>()
            .AddSingleton<RejectedResend>()
            .AddSingleton<RunUndo>()
            .AddSingleton<RunApprovals>()
            .AddSingletonBuilt<RunService>()
            .AddSingleton<ScheduledRuns>()
            .AddSingletonBuilt<NodeDrain>()
            .AddSingletonBuilt<OfflineRuns>()
            .AddSingleton<RunRecovery>()
            .AddSweep<RunApprovals>(TimeSpan.FromHours(1), (approvals, stopping) => approvals.LapseAsync(stopping))
            .AddHostedService(provider => provider.GetRequiredService<RunRecovery>());
    }

    /// <summary>
    /// Configures where Quartz keeps its triggers: in memory for a single server, or in the store for a cluster. In a cluster, another
    /// server takes over the triggers of a server that failed.
    /// </summary>
    private static IQuartzBuilder Keep(IQuartzBuilder quartz, IConfiguration configuration)
    {
        var cluster = configuration.GetSection(ClusterOptions.Section).Get<ClusterOptions>() ?? new();
        var database = DatabaseOptions.Of(configuration);
        if (!cluster.Enabled || database.ParsedProvider == StoreProvider.Sqlite || string.IsNullOrWhiteSpace(database.ConnectionString))
            return quartz; // If the configuration is invalid, the application stops before Quartz is used.
        return quartz.UsePersistentStore(store =>
        {
            if (database.ParsedProvider == StoreProvider.PostgreSql)
                store.UsePostgres(database.ConnectionString);
            else
                store.UseSqlServer(database.ConnectionString);
            store.ProvisionSchema();
            store.UseSystemTextJsonSerializer();
            store.UseClustering(options =>
                (options.CheckinInterval, options.CheckinMisfireThreshold) = (
                    cluster.CheckinInterval,
                    cluster.Patience - cluster.CheckinInterval
                )
            );
            // A server that is stopped hands over its runs at once.
            store.ConfigureStore(options => options.RecoverFiringsCancelledByShutdown = true);
        });
    }
}
