using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>Reads what a run of an export would need, for a saved export or for a form that is not saved yet.</summary>
internal sealed class DraftedExports(IDbContextFactory<AppDb> stores, ConnectionCredentials credentials)
{
    /// <summary>Reads a saved export, for people who may run it.</summary>
    /// <exception cref="NotAllowedException">The person may not run the export.</exception>
    /// <exception cref="LocalizedException">The export does not exist or has no connection.</exception>
    public async Task<DraftedExport> ReadAsync(Actor actor, int exportId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var export =
            await Saved(db).SingleOrDefaultAsync(export => export.Id == exportId, cancellationToken)
            ?? throw new GoneException(new LocalizedMessage("Exports.Gone"));
        if (!(await ExportAccess.ReadAsync(db, actor, cancellationToken)).MayRun(export.ConnectionId))
            throw new NotAllowedException();
        if (export.Connection is not { } connection)
            throw new LocalizedException(new LocalizedMessage("Delivery.NoConnection"));
        return new DraftedExport(export, connection.AccountId, credentials.Of(connection)) { DeliveredBy = export.Id };
    }

    /// <summary>Reads an export as a form describes it, for people who may save it.</summary>
    /// <exception cref="NotAllowedException">The person may not save the export.</exception>
    /// <exception cref="LocalizedException">Something is missing or invalid, as in <see cref="ExportService.SaveAsync"/>.</exception>
    public async Task<DraftedExport> ReadAsync(Actor actor, ExportDraft draft, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var access = await ExportAccess.ReadAsync(db, actor, cancellationToken);
        var before = draft.Id is { } id ? await Saved(db).SingleOrDefaultAsync(export => export.Id == id, cancellationToken) : null;
        if (!access.MayEdit(draft.ConnectionId) || (before is not null && !access.MayEdit(before.ConnectionId)))
            throw new NotAllowedException();
        if (ExportRules.Fault(draft) is { } missing)
            throw missing;
        var connection =
            await db.Set<Connection>().AsNoTracking().SingleOrDefaultAsync(one => one.Id == draft.ConnectionId, cancellationToken)
            ?? throw new ConnectionGoneException();
        var source =
            await db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(one => one.Id == draft.SourceId, cancellationToken)
            ?? throw new ExportInvalidException(ExportPart.Source, new LocalizedMessage("Exports.SourceNeeded"));
        var segments = await SegmentsAsync(db, draft.SegmentIds, cancellationToken);
        var excluded = await SegmentsAsync(db, draft.ExcludedSegmentIds, cancellationToken);
        if (ExportRules.Fault(draft, source, segments, excluded) is { } fault)
            throw fault;
        return new DraftedExport(ExportOf(draft, connection, source, segments, excluded), connection.AccountId, credentials.Of(connection))
        {
            DeliveredBy =
                before is not null && before.ListId == draft.ListId.Trim() && before.Connection?.AccountId == connection.AccountId
                    ? before.Id
                    : null,
            ChangesMode = before is not null && before.SyncMode != draft.SyncMode,
        };
    }

    private static IQueryable<Export> Saved(AppDb db) =>
        db.Set<Export>()
            .AsNoTracking()
            .AsSplitQuery()
            .Include(export => export.Source)
            .Include(export => export.Segments)
            .Include(export => export.ExcludedSegments)
            .Include(export => export.Connection);

    private static Task<List<Segment>> SegmentsAsync(AppDb db, IReadOnlyList<int> ids, CancellationToken cancellationToken) =>
        db.Set<Segment>().AsNoTracking().Where(segment => ids.Contains(segment.Id)).ToListAsync(cancellationToken);

    private static Export ExportOf(
        ExportDraft draft,
        Connection connection,
        Source source,
        List<Segment> segments,
        List<Segment> excluded
    ) =>
        new()
        {
            Id = draft.Id ?? 0,
            Name = draft.Name.Trim(),
            ConnectionId = connection.Id,
            Connection = connection,
            ListId = draft.ListId.Trim(),
            ListName = draft.ListId.Trim(),
            SourceId = source.Id,
            Source = source,
            Segments = segments,
            ExcludedSegments = excluded,
            EmailField = draft.EmailField!,
            Fields = [.. draft.Fields],
            SyncMode = draft.SyncMode,
            ListRules = draft.ListRules,
            Audience = draft.Audience,
            CreatedBy = "",
        };
}
