using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace KlaviyoExport.Dispatch;

public static class DispatchRegistration
{
    private const int MaxAccountsAtOnce = 16;

    /// <summary>
    /// What starts, stops and approves runs, and Quartz (in memory, or in the store where several machines share it), which queues them per
    /// account.
    /// </summary>
    public static IServiceCollection AddDispatch(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddQuartz(quartz =>
            Keep(quartz, configuration)
                // One more than deliveries may take: however many accounts are at work, what is due is looked at.
                .UseDefaultThreadPool(pool => pool.MaxConcurrency = MaxAccountsAtOnce + 1)
                .UseExecutionLimits(limits => limits.ForGroup(RunScheduler.ExecutionGroup, MaxAccountsAtOnce))
                .ConfigureScheduler(scheduler => scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always)
        );
        return services
            .AddSingleton<RunScheduler>()
            .AddSingleton<RunQueue>()
            .AddSingleton<RejectedResend>()
            .AddSingleton<RunApprovals>()
            .AddSingletonBuilt<RunService>()
            .AddSingleton<ScheduledRuns>()
            .AddSingletonBuilt<NodeDrain>()
            .AddSingleton<RunRecovery>()
            .AddHostedService<ApprovalSweep>()
            .AddHostedService(provider => provider.GetRequiredService<RunRecovery>());
    }

    /// <summary>
    /// In memory where there is one machine; where there are several in the store, which gives what a killed one was at to another.
    /// </summary>
    private static IQuartzBuilder Keep(IQuartzBuilder quartz, IConfiguration configuration)
    {
        var cluster = configuration.GetSection(ClusterOptions.Section).Get<ClusterOptions>() ?? new();
        var database = DatabaseOptions.Of(configuration);
        if (!cluster.Enabled || database.ParsedProvider == StoreProvider.Sqlite || string.IsNullOrWhiteSpace(database.ConnectionString))
            return quartz; // Where the configuration is wrong the start ends before this is used.
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
            // A machine that is stopped hands its runs over at once.
            store.ConfigureStore(options => options.RecoverFiringsCancelledByShutdown = true);
        });
    }
}
