using System.Globalization;
using KlaviyoExport.Runs;
using Quartz;

namespace KlaviyoExport.Dispatch;

/// <summary>Hands runs to Quartz, which queues them per account.</summary>
public sealed class RunScheduler(ISchedulerFactory schedulers, TimeProvider clock)
{
    internal const string ExecutionGroup = "deliveries";
    private const string Runs = "runs";

    /// <summary>Scheduling the same run for the same time twice schedules it once.</summary>
    /// <param name="at">Null: as soon as the account is free.</param>
    public async Task ScheduleAsync(int runId, string accountId, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        var job = new JobKey(accountId, ExecutionGroup);
        if (!await scheduler.Exists(job, cancellationToken))
            await scheduler.AddJob(
                JobBuilder.Create<DeliveryJob>().WithIdentity(job).StoreDurably().RequestRecovery().Build(),
                AddJobOptions.Replacing,
                cancellationToken
            );
        var trigger = TriggerBuilder
            .Create(clock)
            .ForJob(job)
            .WithIdentity(string.Create(CultureInfo.InvariantCulture, $"{PrefixOf(runId)}{MomentOf(at)}"), Runs)
            .WithExecutionGroup(ExecutionGroup)
            .UsingJobData(DeliveryJob.RunId, runId)
            // However long the account was busy, the run is still wanted.
            .WithSimpleSchedule(schedule => schedule.WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow));
        await scheduler.ScheduleTrigger(
            (at is { } due ? trigger.StartAt(due) : trigger.StartNow()).Build(),
            TriggerConflict.Keep,
            cancellationToken
        );
    }

    /// <summary>Of some runs, those that no trigger waits or works for, here or on another machine.</summary>
    internal async Task<IReadOnlyList<Run>> WithoutTriggerAsync(IReadOnlyList<Run> runs, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        var names = (await scheduler.GetTriggerKeys(GroupMatcher<TriggerKey>.GroupEquals(Runs), cancellationToken))
            .Select(key => key.Name)
            .ToList();
        return [.. runs.Where(run => !names.Exists(name => name.StartsWith(PrefixOf(run.Id), StringComparison.Ordinal)))];
    }

    private static string PrefixOf(int runId) => string.Create(CultureInfo.InvariantCulture, $"run-{runId}-");

    /// <summary>In microseconds: not every store keeps more, and a time that was read from it must be the one that was written.</summary>
    private static long MomentOf(DateTimeOffset? at) => at?.UtcTicks / TimeSpan.TicksPerMicrosecond ?? 0;
}
