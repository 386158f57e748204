using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace KlaviyoExport.Scheduling;

public static class SchedulingRegistration
{
    private const int MaxAccountsAtOnce = 16;

    /// <summary>Quartz (in memory, or in the store where several machines share it), the recovery of open runs at start, the schedules of exports and the system refresh.</summary>
    public static IServiceCollection AddScheduling(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddQuartz(quartz => Keep(quartz, configuration)
            // One more than deliveries may take: however many accounts are at work, what is due is looked at.
            .UseDefaultThreadPool(pool => pool.MaxConcurrency = MaxAccountsAtOnce + 1)
            .UseExecutionLimits(limits => limits.ForGroup(RunScheduler.ExecutionGroup, MaxAccountsAtOnce))
            .ConfigureScheduler(scheduler => scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always));
        services.AddSingleton<RunScheduler>();
        services.AddSingleton<RunRecovery>();
        services.AddSingleton(provider => new NodeDrain(provider.GetRequiredService<Node>(), provider.GetRequiredService<ISchedulerFactory>()));
        services.AddSchedules();
        services.AddHostedService(provider => provider.GetRequiredService<RunRecovery>());
        services.AddHostedService<ScheduleStart>();
        services.AddHostedService<RefreshWorker>();
        services.AddHostedService<ClusterCare>();
        // Interrupts the jobs: a run stops between two steps and goes on at the next start.
        services.AddQuartzHostedService(hosted => hosted.WaitForJobsToComplete = true);
        return services;
    }

    /// <summary>In memory where there is one machine; where there are several in the store, which gives what a killed one was at to another.</summary>
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
            store.UseClustering(options => (options.CheckinInterval, options.CheckinMisfireThreshold) = (cluster.CheckinInterval, cluster.Patience - cluster.CheckinInterval));
            // A machine that is stopped hands its runs over at once.
            store.ConfigureStore(options => options.RecoverFiringsCancelledByShutdown = true);
        });
    }

    private static void AddSchedules(this IServiceCollection services) => services
        .AddSingleton<Alarm>()
        .AddSingleton<ScheduledRuns>()
        .AddSingleton(provider => new ExportTimer(
            provider.GetRequiredService<IDbContextFactory<AppDb>>(), provider.GetRequiredService<ScheduledRuns>(), provider.GetRequiredService<Alarm>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ExportTimer>>()))
        .AddSingleton<RefreshSignal>()
        .AddSingleton<RefreshStart>()
        .AddSingleton<RefreshTimer>()
        .AddSingleton<RefreshTasks>()
        .AddSingleton<RefreshExports>()
        .AddSingleton<RefreshExecution>()
        .AddSingleton<TasksByHand>()
        .AddSingleton(provider => new RefreshService(
            provider.GetRequiredService<IDbContextFactory<AppDb>>(), provider.GetRequiredService<RefreshStart>(), provider.GetRequiredService<RefreshSignal>(),
            provider.GetRequiredService<Alarm>(), provider.GetRequiredService<Audit>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new StatusService(
            provider.GetRequiredService<IDbContextFactory<AppDb>>(), provider.GetRequiredService<RunService>(), provider.GetRequiredService<RefreshTasks>(),
            provider.GetRequiredService<RefreshSignal>(), provider.GetRequiredService<Audit>()));
}
