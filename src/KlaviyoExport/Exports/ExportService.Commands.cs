using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

public sealed partial class ExportService
{
    private const int LongestName = 100;

    /// <summary>Makes a copy that shares nothing with the original but its definition: its schedule is off, and nothing counts as delivered by it.</summary>
    /// <returns>The copy's id. It is named "X (copy)", "X (copy 2)"… in the reader's language.</returns>
    /// <exception cref="NoticeException">There is no such export.</exception>
    public async Task<int> DuplicateAsync(Actor actor, int id, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await using var transaction = await db.BeginAloneAsync(cancel);
        var original = Editable(await FindAsync(db.Exports, id, cancel), await ExportAccess.ReadAsync(db, actor, cancel));
        var copy = new Export
        {
            Name = await FreeNameAsync(db, original.Name, cancel),
            ConnectionId = original.ConnectionId,
            ListId = original.ListId,
            ListName = original.ListName,
            SourceId = original.SourceId,
            EmailField = original.EmailField,
            Fields = [.. original.Fields],
            Segments = [.. original.Segments],
            SyncMode = original.SyncMode,
            Schedule = original.Schedule with { IsOn = false },
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = actor.Name,
            OwnerId = actor.Id,
        };
        db.Add(copy);
        audit.Add(db, actor, "Exports.Duplicated", copy.Name, id, original.Name);
        await db.SaveAsync(cancel);
        await transaction.CommitAsync(cancel);
        return copy.Id;
    }

    /// <summary>Sets when exports run by themselves; all of them or, when one may not be changed, none.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="ids">The exports.</param>
    /// <param name="schedule">The same for all; null: each keeps its own.</param>
    /// <param name="isOn">Null: as the schedule says.</param>
    /// <param name="cancel">Leaves everything as it was.</param>
    /// <exception cref="NoticeException">The recurrence has a fault, or an export is gone.</exception>
    public async Task ScheduleAsync(Actor actor, IReadOnlyList<int> ids, ExportSchedule? schedule, bool? isOn, CancellationToken cancel)
    {
        if (schedule?.Own is { } own && RecurrenceRules.Fault(own) is { } fault)
            throw new NoticeException(fault);
        await using (var db = await stores.CreateDbContextAsync(cancel))
        {
            await using var transaction = await db.BeginAloneAsync(cancel);
            foreach (var export in await EditableAsync(db, actor, ids, cancel))
            {
                var wanted = schedule ?? export.Schedule;
                wanted = wanted with { IsOn = isOn ?? wanted.IsOn };
                if (wanted == export.Schedule)
                    continue;
                // No change of the version: the schedule is not part of what the form edits.
                var next = wanted.NextRunAt(clock.GetUtcNow());
                await db.Exports.Where(stored => stored.Id == export.Id).ExecuteUpdateAsync(set => set.SetProperty(stored => stored.Schedule, wanted)
                    .SetProperty(stored => stored.NextRunAt, next).SetProperty(stored => stored.MissedAt, (DateTimeOffset?)null), cancel);
                audit.Add(db, actor, wanted.IsOn ? "Exports.Scheduled" : "Exports.ScheduleOff", export.Name, export.Id);
            }
            await db.SaveAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
        // The new times are in the store: whoever asked may leave, the timer must know of them.
        await timer.RescheduleAsync([.. ids], CancellationToken.None);
    }

    /// <summary>What goes with exports when they are removed, to be named before anybody agrees to it.</summary>
    /// <exception cref="NoticeException">One of them is gone.</exception>
    public async Task<RemovalLoss> LossAsync(Actor actor, IReadOnlyList<int> ids, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var exports = await EditableAsync(db, actor, ids, cancel);
        return await LossAsync(db, exports, cancel);
    }

    /// <summary>Removes exports with their runs and rejections, all or none. What they put on their lists stays there.</summary>
    /// <exception cref="NoticeException">One is running, or gone.</exception>
    public async Task RemoveAsync(Actor actor, IReadOnlyList<int> ids, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await using var transaction = await db.BeginAloneAsync(cancel);
        var exports = await EditableAsync(db, actor, ids, cancel);
        await DemandIdleAsync(db, ids, cancel);
        foreach (var export in exports)
        {
            var loss = await LossAsync(db, [export], cancel);
            audit.Add(db, actor, "Exports.Removed", export.Name, export.Id, string.Create(CultureInfo.InvariantCulture, $"{loss.Runs} runs, {loss.Rejections} rejections"));
        }
        await db.Exports.Where(export => ids.Contains(export.Id)).ExecuteDeleteAsync(cancel);
        await db.SaveAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Takes the connection from an export, which then cannot run until it is given one. What it remembers of people is erased.</summary>
    /// <exception cref="NoticeException">It is running.</exception>
    public async Task DetachAsync(Actor actor, int id, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await using var transaction = await db.BeginAloneAsync(cancel);
        var export = Editable(await FindAsync(db.Exports.AsNoTracking(), id, cancel), await ExportAccess.ReadAsync(db, actor, cancel));
        await DemandIdleAsync(db, [id], cancel);
        if (export.ConnectionId is null)
            return;
        await ExportTraces.DetachAsync(db, id, cancel);
        audit.Add(db, actor, "Exports.Detached", export.Name, id, export.Connection!.Name);
        await db.SaveAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private static async Task<List<Export>> EditableAsync(AppDb db, Actor actor, IReadOnlyList<int> ids, CancellationToken cancel)
    {
        var access = await ExportAccess.ReadAsync(db, actor, cancel);
        var exports = await db.Exports.AsNoTracking().Where(export => ids.Contains(export.Id)).OrderBy(export => export.Name).ToListAsync(cancel);
        exports.ForEach(export => Editable(export, access));
        return exports.Count == ids.Distinct().Count() ? exports : throw new NoticeException(new Notice("Exports.Gone"));
    }

    private static Export Editable(Export export, ExportAccess access) => access.MayEdit(export.ConnectionId) ? export : throw new NotAllowedException();

    private static async Task<RemovalLoss> LossAsync(AppDb db, List<Export> exports, CancellationToken cancel)
    {
        var ids = exports.ConvertAll(export => export.Id);
        return new RemovalLoss(
            exports.ConvertAll(export => export.Name), await db.Runs.CountAsync(run => ids.Contains(run.ExportId), cancel),
            await db.Rejections.CountAsync(rejection => db.Runs.Any(run => run.Id == rejection.RunId && ids.Contains(run.ExportId)), cancel),
            exports.Where(export => export.Schedule.IsOn).Select(export => export.Name).ToList());
    }

    private static async Task<string> FreeNameAsync(AppDb db, string original, CancellationToken cancel)
    {
        for (var number = 1; ; number++)
        {
            var suffix = new Notice(number == 1 ? "Exports.Copy" : "Exports.CopyNumber", number).In(CultureInfo.CurrentUICulture);
            var name = original[..Math.Min(original.Length, LongestName - suffix.Length - 1)].TrimEnd() + " " + suffix;
            if (!await db.Exports.AnyAsync(export => export.Name == name, cancel))
                return name;
        }
    }
}
