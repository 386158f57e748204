using Quartz;

namespace KlaviyoExport.Scheduling;

/// <summary>Has Quartz wake <see cref="AlarmJob"/> at the next time anything is due.</summary>
internal sealed class Alarm(ISchedulerFactory schedulers, TimeProvider clock)
{
    private static readonly JobKey Job = new("look", "schedules");

    private static readonly TriggerKey Trigger = new("next", "schedules");

    /// <summary>Sets it to a moment, unless it is set to an earlier one.</summary>
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
            // Waking late is better than not at all.
            .WithSimpleSchedule(schedule => schedule.WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow));
        await scheduler.ScheduleTrigger(trigger.Build(), TriggerConflict.KeepEarlier, cancellationToken);
    }
}
