using KlaviyoExport.Runs;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace KlaviyoExport.Scheduling;

/// <summary>Registers the services of this folder.</summary>
public static class SchedulingRegistration
{
    /// <summary>
    /// Adds the schedules of exports, the system refresh and the start of Quartz. Add it last, because Quartz runs jobs as soon as it
    /// starts.
    /// </summary>
    public static IServiceCollection AddScheduling(this IServiceCollection services)
    {
        services
            .AddSingleton<Alarm>()
            .AddSingletonBuilt<ExportTimer>()
            .AddSingleton<ExportSchedules>()
            .AddSingleton<RefreshSignal>()
            .AddSingleton<RefreshStart>()
            .AddSingleton<RefreshTimer>()
            .AddSingleton<RefreshTasks>()
            .AddSingleton<RefreshExports>()
            .AddSingleton<RefreshExecution>()
            .AddSingleton<ManualTasks>()
            .AddSingleton<ColumnChecks>()
            .AddSingletonBuilt<RefreshService>()
            .AddSingletonBuilt<TaskCancellation>()
            .AddSingleton<ReadMark>(SystemMark.ReadAsync)
            .AddSingleton<FollowRunEnd>(provider => provider.GetRequiredService<ExportTimer>().RunEndedAsync);
        services.AddHostedService<ScheduleStart>();
        services.AddHostedService<RefreshWorker>();
        services.AddHostedService<ClusterMaintenance>();
        services.AddHostedService<ColumnCheckWorker>();
        // At shutdown, Quartz interrupts the jobs and waits until they end. A run stops between two steps and continues at the next start.
        return services.AddQuartzHostedService(hosted => hosted.WaitForJobsToComplete = true);
    }
}
