using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Segments;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>Finds in the audit who changed an export and what it uses.</summary>
internal static class DefinitionEdits
{
    /// <summary>The maximum number of edits that are returned.</summary>
    public const int Most = 20;

    private static readonly Dictionary<string, EditedPart> Actions = new()
    {
        ["Exports.Changed"] = EditedPart.Export,
        ["Exports.Detached"] = EditedPart.Export,
        ["Segments.Changed"] = EditedPart.Segment,
        ["Sources.Changed"] = EditedPart.Source,
        ["Connections.Changed"] = EditedPart.Connection,
        ["Connections.KeyChanged"] = EditedPart.Connection,
        ["Connections.LimitChanged"] = EditedPart.Connection,
    };

    /// <returns>The latest edits after <paramref name="from"/> until <paramref name="to"/>, newest first. Saving without a change is no
    /// edit.</returns>
    public static async Task<IReadOnlyList<DefinitionEdit>> ReadAsync(
        AppDb db,
        Actor actor,
        int exportId,
        DateTimeOffset? from,
        DateTimeOffset to,
        CancellationToken cancellationToken
    )
    {
        var names = Actions.Keys.ToList();
        var entries = await db.Set<AuditEntry>()
            .AsNoTracking()
            .Where(entry => entry.At > from && entry.At <= to && names.Contains(entry.Action) && entry.SubjectId != null)
            .OrderByDescending(entry => entry.Id)
            .ToListAsync(cancellationToken);
        if (entries.Count == 0)
            return [];
        var used = await UsedAsync(db, exportId, entries, cancellationToken);
        return
        [
            .. entries
                .Where(entry => entry.Detail is not null && used.Contains((Actions[entry.Action], entry.SubjectId!.Value)))
                .Take(Most)
                .Select(entry => new DefinitionEdit(
                    Actions[entry.Action],
                    entry.Subject ?? "",
                    entry.SubjectId!.Value,
                    entry.At,
                    entry.ActorName,
                    MayKnow(actor, Actions[entry.Action]) ? entry.Detail : null
                )),
        ];
    }

    /// <summary>The place of a source and the key of a connection are shown only to those who manage them.</summary>
    private static bool MayKnow(Actor actor, EditedPart part) =>
        part switch
        {
            EditedPart.Source => ManageSources.Rule.Allows(actor),
            EditedPart.Connection => ManageConnections.Rule.Allows(actor),
            _ => true,
        };

    private static async Task<HashSet<(EditedPart Part, int Id)>> UsedAsync(
        AppDb db,
        int exportId,
        List<AuditEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var export = await db.Set<Export>()
            .Where(export => export.Id == exportId)
            .Select(export => new { export.SourceId, export.ConnectionId })
            .SingleAsync(cancellationToken);
        var used = new HashSet<(EditedPart, int)> { (EditedPart.Export, exportId), (EditedPart.Source, export.SourceId) };
        if (export.ConnectionId is { } connection)
            used.Add((EditedPart.Connection, connection));
        if (entries.Exists(entry => Actions[entry.Action] == EditedPart.Segment))
            used.UnionWith((await SegmentsAsync(db, exportId, cancellationToken)).Select(id => (EditedPart.Segment, id)));
        return used;
    }

    private static async Task<IEnumerable<int>> SegmentsAsync(AppDb db, int exportId, CancellationToken cancellationToken)
    {
        var chosen = await db.Set<Segment>()
            .AsNoTracking()
            .Where(segment =>
                db.Set<Export>()
                    .Any(export =>
                        export.Id == exportId && (export.Segments.Contains(segment) || export.ExcludedSegments.Contains(segment))
                    )
            )
            .ToListAsync(cancellationToken);
        return (await SegmentReferences.ReachedAsync(db, chosen, cancellationToken)).Select(segment => segment.Id);
    }
}
