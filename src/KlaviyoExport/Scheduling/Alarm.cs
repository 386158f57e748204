using Quartz;

namespace KlaviyoExport.Scheduling;

/// <summary>Sets the Quartz trigger that runs <see cref="AlarmJob"/> at the next due time.</summary>
internal sealed class Alarm(ISchedulerFactory schedulers, TimeProvider clock)
{
    private static readonly JobKey Job = new("look", "schedules");

    private static readonly TriggerKey Trigger = new("next", "schedules");

    /// <summary>Sets the trigger to a time, unless it is set to an earlier one. A time in the past means now.</summary>
    public async Task SetAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        if (!await scheduler.Exists(Job, cancellationToken))
            await scheduler.AddJob(
                JobBuilder.Create<AlarmJob>().WithIdentity(Job).StoreDurably().RequestRecovery().Build(),
                AddJobOptions.Replacing,
                cancellationToken
            );
        var now = clock.GetUtcNow();
        var trigger = TriggerBuilder
            .Create(clock)
            .ForJob(Job)
            .WithIdentity(Trigger)
            .StartAt(at > now ? at : now)
            // After a missed trigger, run the job at once. It starts everything that is due.
            .WithSimpleSchedule(schedule => schedule.WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow));
        await scheduler.ScheduleTrigger(trigger.Build(), TriggerConflict.KeepEarlier, cancellationToken);
    }
}
