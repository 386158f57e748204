using System.Globalization;
using KlaviyoExport.Runs;
using Quartz;

namespace KlaviyoExport.Dispatch;

/// <summary>Schedules runs with Quartz, which executes one run of an account at a time.</summary>
public sealed class RunScheduler(ISchedulerFactory schedulers, TimeProvider clock)
{
    internal const string ExecutionGroup = "deliveries";
    private const string Runs = "runs";

    /// <summary>Schedules a run. Has no effect when the run is already scheduled for the same time.</summary>
    /// <param name="at">The earliest start. Null to start as soon as no other run of the account is executing.</param>
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
            // A trigger that is late, because the account was busy, must still fire.
            .WithSimpleSchedule(schedule => schedule.WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow));
        await scheduler.ScheduleTrigger(
            (at is { } due ? trigger.StartAt(due) : trigger.StartNow()).Build(),
            TriggerConflict.Keep,
            cancellationToken
        );
    }

    /// <summary>Returns the runs that have no waiting or executing trigger, on any server.</summary>
    internal async Task<IReadOnlyList<Run>> WithoutTriggerAsync(IReadOnlyList<Run> runs, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        var names = (await scheduler.GetTriggerKeys(GroupMatcher<TriggerKey>.GroupEquals(Runs), cancellationToken))
            .Select(key => key.Name)
            .ToList();
        return [.. runs.Where(run => !names.Exists(name => name.StartsWith(PrefixOf(run.Id), StringComparison.Ordinal)))];
    }

    private static string PrefixOf(int runId) => string.Create(CultureInfo.InvariantCulture, $"run-{runId}-");

    /// <summary>
    /// Returns the time in microseconds, or 0 for null. Some stores keep no higher precision, and a time must give the same trigger name
    /// after it was stored and read again.
    /// </summary>
    private static long MomentOf(DateTimeOffset? at) => at?.UtcTicks / TimeSpan.TicksPerMicrosecond ?? 0;
}
