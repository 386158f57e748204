using System.Globalization;
using Quartz;

namespace KlaviyoExport.Scheduling;

/// <summary>Hands runs to Quartz, which queues them per account.</summary>
public sealed class RunScheduler(ISchedulerFactory schedulers, TimeProvider clock)
{
    internal const string ExecutionGroup = "deliveries";

    /// <summary>Scheduling the same run for the same time twice schedules it once.</summary>
    /// <param name="at">Null: as soon as the account is free.</param>
    public async Task ScheduleAsync(int runId, string accountId, DateTimeOffset? at, CancellationToken cancel)
    {
        var scheduler = await schedulers.GetScheduler(cancel);
        var job = new JobKey(accountId, ExecutionGroup);
        if (!await scheduler.Exists(job, cancel))
            await scheduler.AddJob(JobBuilder.Create<DeliveryJob>().WithIdentity(job).StoreDurably().RequestRecovery().Build(), AddJobOptions.Replacing, cancel);
        var trigger = TriggerBuilder.Create(clock)
            .ForJob(job)
            .WithIdentity(string.Create(CultureInfo.InvariantCulture, $"run-{runId}-{at?.UtcTicks ?? 0}"), "runs")
            .WithExecutionGroup(ExecutionGroup)
            .UsingJobData(DeliveryJob.RunId, runId)
            // However long the account was busy, the run is still wanted.
            .WithSimpleSchedule(schedule => schedule.WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow));
        await scheduler.ScheduleTrigger((at is { } due ? trigger.StartAt(due) : trigger.StartNow()).Build(), TriggerConflict.Keep, cancel);
    }
}
