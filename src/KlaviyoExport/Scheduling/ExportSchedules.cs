using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.Recurrences;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Scheduling;

/// <summary>Changes the schedules of exports.</summary>
public sealed class ExportSchedules(IDbContextFactory<AppDb> stores, ExportTimer timer, Audit audit, TimeProvider clock)
{
    /// <summary>
    /// Changes the schedules of the exports. When one of them cannot be changed, none is changed. Clears <see cref="Export.MissedAt"/> of
    /// each changed export.
    /// </summary>
    /// <param name="actor">The person who makes the change.</param>
    /// <param name="ids">The ids of the exports.</param>
    /// <param name="schedule">The new schedule of all exports. Null to keep the schedule of each export.</param>
    /// <param name="isOn">Turns the schedules on or off. Null to use the value of the schedule.</param>
    /// <param name="cancellationToken">Cancels the operation. Nothing is changed.</param>
    /// <exception cref="LocalizedException">The recurrence is not valid, an export does not exist, or the actor may not edit an
    /// export.</exception>
    public async Task SetAsync(
        Actor actor,
        IReadOnlyList<int> ids,
        ExportSchedule? schedule,
        bool? isOn,
        CancellationToken cancellationToken
    )
    {
        if (schedule?.Own is { } own && RecurrenceRules.Fault(own) is { } fault)
            throw new LocalizedException(fault);
        await using (var db = await stores.CreateDbContextAsync(cancellationToken))
        {
            await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
            foreach (var export in await ExportService.EditableAsync(db, actor, ids, cancellationToken))
            {
                var wanted = schedule ?? export.Schedule;
                wanted = wanted with { IsOn = isOn ?? wanted.IsOn };
                if (wanted == export.Schedule)
                    continue;
                // The version does not change, because the schedule is not a field of the edit form.
                var next = wanted.NextRunAt(clock.GetUtcNow());
                await db.Set<Export>()
                    .Where(stored => stored.Id == export.Id)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(stored => stored.Schedule, wanted)
                                .SetProperty(stored => stored.FollowsRefresh, wanted.FollowsRefresh)
                                .SetProperty(stored => stored.NextRunAt, next)
                                .SetProperty(stored => stored.MissedAt, (DateTimeOffset?)null),
                        cancellationToken
                    );
                audit.Add(
                    db,
                    actor,
                    wanted.IsOn ? "Exports.Scheduled" : "Exports.ScheduleOff",
                    export.Name,
                    export.Id,
                    new AuditChanges()
                        .Add("Schedule", ScheduleMessages.Of(export.Schedule), ScheduleMessages.Of(wanted))
                        .Mention("WhenMissedOrBusy", IsTreatedDifferently(export.Schedule, wanted))
                        .ToMessage()
                );
            }
            await db.SaveAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        // The schedules are saved. Update the times and the alarm even when the caller cancels now.
        await timer.RescheduleAsync([.. ids], CancellationToken.None);
    }

    private static bool IsTreatedDifferently(ExportSchedule before, ExportSchedule after) =>
        (before.WhenMissed, before.WhenBusy) != (after.WhenMissed, after.WhenBusy);
}
