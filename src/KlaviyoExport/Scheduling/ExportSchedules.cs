using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Recurrences;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Scheduling;

/// <summary>When exports run by themselves, as people set it.</summary>
public sealed class ExportSchedules(IDbContextFactory<AppDb> stores, ExportTimer timer, Audit audit, TimeProvider clock)
{
    /// <summary>Sets when exports run by themselves; all of them or, when one may not be changed, none.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="ids">The exports.</param>
    /// <param name="schedule">The same for all; null: each keeps its own.</param>
    /// <param name="isOn">Null: as the schedule says.</param>
    /// <param name="cancellationToken">Leaves everything as it was.</param>
    /// <exception cref="LocalizedException">The recurrence has a fault, or an export is gone.</exception>
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
            await using var transaction = await db.BeginAloneAsync(cancellationToken);
            foreach (var export in await ExportService.EditableAsync(db, actor, ids, cancellationToken))
            {
                var wanted = schedule ?? export.Schedule;
                wanted = wanted with { IsOn = isOn ?? wanted.IsOn };
                if (wanted == export.Schedule)
                    continue;
                // No change of the version: the schedule is not part of what the form edits.
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
                audit.Add(db, actor, wanted.IsOn ? "Exports.Scheduled" : "Exports.ScheduleOff", export.Name, export.Id);
            }
            await db.SaveAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        // The new times are in the store: whoever asked may leave, the timer must know of them.
        await timer.RescheduleAsync([.. ids], CancellationToken.None);
    }
}
