using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace KlaviyoExport.Scheduling;

public static class SchedulingRegistration
{
    private const int MaxAccountsAtOnce = 16;

    /// <summary>Quartz in memory, the recovery of open runs at start, the schedules of exports and the system refresh.</summary>
    public static IServiceCollection AddScheduling(this IServiceCollection services)
    {
        services.AddQuartz(quartz => quartz
            // One more than deliveries may take: however many accounts are at work, what is due is looked at.
            .UseDefaultThreadPool(pool => pool.MaxConcurrency = MaxAccountsAtOnce + 1)
            .UseExecutionLimits(limits => limits.ForGroup(RunScheduler.ExecutionGroup, MaxAccountsAtOnce))
            .ConfigureScheduler(scheduler => scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always));
        services.AddSingleton<RunScheduler>();
        services.AddSchedules();
        services.AddHostedService<RunRecovery>();
        services.AddHostedService<ScheduleStart>();
        services.AddHostedService<RefreshWorker>();
        // Interrupts the jobs: a run stops between two steps and goes on at the next start.
        services.AddQuartzHostedService(hosted => hosted.WaitForJobsToComplete = true);
        return services;
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
