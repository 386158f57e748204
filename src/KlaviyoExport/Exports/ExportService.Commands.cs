using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
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
        var original = Editable(await FindAsync(db.Set<Export>(), id, cancel), await ExportAccess.ReadAsync(db, actor, cancel));
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
        await db.SaveAsync(cancel);
        audit.Add(db, actor, "Exports.Duplicated", copy.Name, copy.Id, new Notice("Exports.CopyOf", original.Name));
        await db.SaveAsync(cancel);
        await transaction.CommitAsync(cancel);
        return copy.Id;
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
            audit.Add(db, actor, "Exports.Removed", export.Name, export.Id, new Notice("Exports.RemovedWith", loss.Runs, loss.Rejections));
        }
        await db.Set<Export>().Where(export => ids.Contains(export.Id)).ExecuteDeleteAsync(cancel);
        await db.SaveAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Takes the connection from an export, which then cannot run until it is given one. What it remembers of people is erased.</summary>
    /// <exception cref="NoticeException">It is running.</exception>
    public async Task DetachAsync(Actor actor, int id, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await using var transaction = await db.BeginAloneAsync(cancel);
        var export = Editable(await FindAsync(db.Set<Export>().AsNoTracking(), id, cancel), await ExportAccess.ReadAsync(db, actor, cancel));
        await DemandIdleAsync(db, [id], cancel);
        if (export.ConnectionId is null)
            return;
        await traces.DetachAsync(db, id, cancel);
        audit.Add(db, actor, "Exports.Detached", export.Name, id, new Notice("Exports.FromConnection", export.Connection!.Name));
        await db.SaveAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>The exports a person wants to change, all of them.</summary>
    /// <exception cref="NotAllowedException">One may not be changed by the person.</exception>
    /// <exception cref="NoticeException">One is gone.</exception>
    internal static async Task<List<Export>> EditableAsync(AppDb db, Actor actor, IReadOnlyList<int> ids, CancellationToken cancel)
    {
        var access = await ExportAccess.ReadAsync(db, actor, cancel);
        var exports = await db.Set<Export>().AsNoTracking().Where(export => ids.Contains(export.Id)).OrderBy(export => export.Name).ToListAsync(cancel);
        exports.ForEach(export => Editable(export, access));
        return exports.Count == ids.Distinct().Count() ? exports : throw new NoticeException(new Notice("Exports.Gone"));
    }

    private static Export Editable(Export export, ExportAccess access) => access.MayEdit(export.ConnectionId) ? export : throw new NotAllowedException();

    private static async Task<RemovalLoss> LossAsync(AppDb db, List<Export> exports, CancellationToken cancel)
    {
        var ids = exports.ConvertAll(export => export.Id);
        return new RemovalLoss(
            exports.ConvertAll(export => export.Name), await db.Set<Run>().CountAsync(run => ids.Contains(run.ExportId), cancel),
            await db.Set<Rejection>().CountAsync(rejection => db.Set<Run>().Any(run => run.Id == rejection.RunId && ids.Contains(run.ExportId)), cancel),
            exports.Where(export => export.Schedule.IsOn).Select(export => export.Name).ToList());
    }

    private static async Task<string> FreeNameAsync(AppDb db, string original, CancellationToken cancel)
    {
        for (var number = 1; ; number++)
        {
            var suffix = new Notice(number == 1 ? "Exports.Copy" : "Exports.CopyNumber", number).In(CultureInfo.CurrentUICulture);
            var name = original[..Math.Min(original.Length, LongestName - suffix.Length - 1)].TrimEnd() + " " + suffix;
            if (!await db.Set<Export>().AnyAsync(export => export.Name == name, cancel))
                return name;
        }
    }
}
