using KlaviyoExport.Runs;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace KlaviyoExport.Scheduling;

public static class SchedulingRegistration
{
    /// <summary>
    /// The schedules of exports and the system refresh. Quartz starts with it, so it is added after everything that must be ready by then.
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
            .AddSingleton<TasksByHand>()
            .AddSingletonBuilt<RefreshService>()
            .AddSingletonBuilt<TaskCancellation>()
            .AddSingleton<ReadMark>(SystemMark.ReadAsync)
            .AddSingleton<FollowRunEnd>(provider => provider.GetRequiredService<ExportTimer>().RunEndedAsync);
        services.AddHostedService<ScheduleStart>();
        services.AddHostedService<RefreshWorker>();
        services.AddHostedService<ClusterCare>();
        // Interrupts the jobs: a run stops between two steps and goes on at the next start.
        return services.AddQuartzHostedService(hosted => hosted.WaitForJobsToComplete = true);
    }
}
