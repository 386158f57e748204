using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

public sealed partial class ExportService
{
    private const int LongestName = 100;

    /// <summary>Creates a copy of an export. The schedule of the copy is off, and nothing counts as delivered by it.</summary>
    /// <returns>The ID of the copy. Its name is "X (copy)", "X (copy 2)", and so on, in the reader's language.</returns>
    /// <exception cref="LocalizedException">The export does not exist.</exception>
    public async Task<int> DuplicateAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var original = Editable(
            await FindAsync(db.Set<Export>(), id, cancellationToken),
            await ExportAccess.ReadAsync(db, actor, cancellationToken)
        );
        var copy = new Export
        {
            Name = await FreeNameAsync(db, original.Name, cancellationToken),
            ConnectionId = original.ConnectionId,
            ListId = original.ListId,
            ListName = original.ListName,
            SourceId = original.SourceId,
            EmailField = original.EmailField,
            Fields = [.. original.Fields],
            Segments = [.. original.Segments],
            ExcludedSegments = [.. original.ExcludedSegments],
            SyncMode = original.SyncMode,
            ListRules = original.ListRules,
            Audience = original.Audience,
            Schedule = original.Schedule with { IsOn = false },
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = actor.Name,
            OwnerId = actor.Id,
        };
        db.Add(copy);
        await db.SaveAsync(cancellationToken);
        audit.Add(db, actor, "Exports.Duplicated", copy.Name, copy.Id, new LocalizedMessage("Exports.CopyOf", original.Name));
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return copy.Id;
    }

    /// <summary>Returns what is deleted together with exports, so that a person can confirm it.</summary>
    /// <exception cref="LocalizedException">One of the exports no longer exists.</exception>
    public async Task<RemovalLoss> LossAsync(Actor actor, IReadOnlyList<int> ids, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var exports = await EditableAsync(db, actor, ids, cancellationToken);
        return await LossAsync(db, exports, cancellationToken);
    }

    /// <summary>Removes exports with their runs and rejections: all or none. Profiles stay on the lists.</summary>
    /// <exception cref="LocalizedException">One of the exports is running or no longer exists.</exception>
    public async Task RemoveAsync(Actor actor, IReadOnlyList<int> ids, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var exports = await EditableAsync(db, actor, ids, cancellationToken);
        await DemandIdleAsync(db, ids, cancellationToken);
        foreach (var export in exports)
        {
            var loss = await LossAsync(db, [export], cancellationToken);
            audit.Add(
                db,
                actor,
                "Exports.Removed",
                export.Name,
                export.Id,
                new LocalizedMessage("Exports.RemovedWith", loss.Runs, loss.Rejections)
            );
            await traces.RemoveAsync(db, export.Id, cancellationToken);
        }
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Removes the connection from an export. The export cannot run until another one is attached. Its stored personal data is deleted.
    /// </summary>
    /// <exception cref="LocalizedException">The export is running.</exception>
    public async Task DetachAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var export = Editable(
            await FindAsync(db.Set<Export>().AsNoTracking(), id, cancellationToken),
            await ExportAccess.ReadAsync(db, actor, cancellationToken)
        );
        await DemandIdleAsync(db, [id], cancellationToken);
        if (export.ConnectionId is null)
            return;
        await traces.DetachAsync(db, id, cancellationToken);
        audit.Add(db, actor, "Exports.Detached", export.Name, id, new LocalizedMessage("Exports.FromConnection", export.Connection!.Name));
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Reads the exports that a person wants to change.</summary>
    /// <exception cref="NotAllowedException">The person may not change one of them.</exception>
    /// <exception cref="LocalizedException">One of them no longer exists.</exception>
    internal static async Task<List<Export>> EditableAsync(
        AppDb db,
        Actor actor,
        IReadOnlyList<int> ids,
        CancellationToken cancellationToken
    )
    {
        var access = await ExportAccess.ReadAsync(db, actor, cancellationToken);
        var exports = await db.Set<Export>()
            .AsNoTracking()
            .Where(export => ids.Contains(export.Id))
            .OrderBy(export => export.Name)
            .ToListAsync(cancellationToken);
        exports.ForEach(export => Editable(export, access));
        return exports.Count == ids.Distinct().Count() ? exports : throw new GoneException(new LocalizedMessage("Exports.Gone"));
    }

    private static Export Editable(Export export, ExportAccess access) =>
        access.MayEdit(export.ConnectionId) ? export : throw new NotAllowedException();

    private static async Task<RemovalLoss> LossAsync(AppDb db, List<Export> exports, CancellationToken cancellationToken)
    {
        var ids = exports.ConvertAll(export => export.Id);
        return new RemovalLoss(
            exports.ConvertAll(export => export.Name),
            await db.Set<Run>().CountAsync(run => ids.Contains(run.ExportId), cancellationToken),
            await db.Set<Rejection>()
                .CountAsync(
                    rejection => db.Set<Run>().Any(run => run.Id == rejection.RunId && ids.Contains(run.ExportId)),
                    cancellationToken
                ),
            exports.Where(export => export.Schedule.IsOn).Select(export => export.Name).ToList()
        );
    }

    private static async Task<string> FreeNameAsync(AppDb db, string original, CancellationToken cancellationToken)
    {
        for (var number = 1; ; number++)
        {
            var suffix = new LocalizedMessage(number == 1 ? "Exports.Copy" : "Exports.CopyNumber", number).ForReader();
            var name = original[..Math.Min(original.Length, LongestName - suffix.Length - 1)].TrimEnd() + " " + suffix;
            if (!await db.Set<Export>().AnyAsync(export => export.Name == name, cancellationToken))
                return name;
        }
    }
}
