using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>Reads and saves exports. Saving never starts a run.</summary>
public sealed partial class ExportService(
    IDbContextFactory<AppDb> stores,
    AccountLists lists,
    SegmentUnion union,
    ProfileCap cap,
    ExportTraces traces,
    Audit audit,
    TimeProvider clock
)
{
    /// <summary>
    /// Saves an export. First it checks the list with Klaviyo and, when the segments or the connection have changed, counts their profiles.
    /// </summary>
    /// <returns>The ID of the export.</returns>
    /// <exception cref="ExportConflictException">Someone else changed the export in the meantime.</exception>
    /// <exception cref="LocalizedException">Something is missing, invalid, already taken or too large. Nothing was saved.</exception>
    public async Task<int> SaveAsync(Actor actor, ExportDraft draft, CancellationToken cancellationToken)
    {
        if (ExportRules.Fault(draft) is { } fault)
            throw fault;
        var before = await DemandEditAsync(actor, draft, cancellationToken);
        var list = await lists.OneAsync(actor, draft.ConnectionId!.Value, draft.ListId.Trim(), cancellationToken);
        if (
            before is null
            || before.SourceId != draft.SourceId
            || before.ConnectionId != draft.ConnectionId
            || !before.Segments.Select(segment => segment.Id).ToHashSet().SetEquals(draft.SegmentIds)
            || !before.ExcludedSegments.Select(segment => segment.Id).ToHashSet().SetEquals(draft.ExcludedSegmentIds)
        )
            await union.DemandWithinAsync(await LimitAsync(draft.ConnectionId.Value, cancellationToken), draft, cancellationToken);

        // Klaviyo and the source took time to respond. Therefore the following is read again, in a transaction that prevents changes.
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var source =
            await db.Set<Source>().SingleOrDefaultAsync(source => source.Id == draft.SourceId, cancellationToken)
            ?? throw new ExportInvalidException(ExportPart.Source, new LocalizedMessage("Exports.SourceNeeded"));
        var segments = await db.Set<Segment>().Where(segment => draft.SegmentIds.Contains(segment.Id)).ToListAsync(cancellationToken);
        var excluded = await db.Set<Segment>()
            .Where(segment => draft.ExcludedSegmentIds.Contains(segment.Id))
            .ToListAsync(cancellationToken);
        if (ExportRules.Fault(draft, source, segments, excluded) is { } wrong)
            throw wrong;
        var name = draft.Name.Trim();
        if (await db.Set<Export>().AnyAsync(other => other.Name == name && other.Id != draft.Id, cancellationToken))
            throw new ExportInvalidException(ExportPart.Name, new LocalizedMessage("Exports.NameTaken", name));

        var export = draft.Id is { } id
            ? await EditedAsync(db, actor, id, draft, list, cancellationToken)
            : db.Add(NewExport(actor, draft, list)).Entity;
        var facts = draft.Id is null ? null : ExportFacts.Of(export, export.Connection?.Name, export.Source?.Name);
        export.Name = name;
        export.ConnectionId = draft.ConnectionId;
        export.ListId = list.Id;
        export.ListName = list.Name;
        export.SourceId = source.Id;
        export.EmailField = draft.EmailField!;
        export.Fields = [.. draft.Fields];
        export.SyncMode = draft.SyncMode;
        export.ListRules = draft.ListRules;
        export.Audience = draft.Audience;
        export.Segments.Clear();
        export.Segments.AddRange(segments);
        export.ExcludedSegments.Clear();
        export.ExcludedSegments.AddRange(excluded);
        if (draft.Id is not null)
            db.Touch(export);
        var connection = await db.Set<Connection>()
            .Where(connection => connection.Id == draft.ConnectionId)
            .Select(connection => connection.Name)
            .SingleOrDefaultAsync(cancellationToken);
        audit.Add(
            db,
            actor,
            draft.Id is null ? "Exports.Added" : "Exports.Changed",
            name,
            draft.Id,
            facts is null
                ? new LocalizedMessage("Exports.ToList", list.Name, connection)
                : facts.ChangesTo(ExportFacts.Of(export, connection, source.Name))
        );
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return export.Id;
    }

    /// <exception cref="LocalizedException">The export does not exist.</exception>
    public async Task<ExportDetails> GetAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await DetailsAsync(db, actor, await FindAsync(db.Set<Export>().AsNoTracking(), id, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Returns the other exports to a list, by name: those over any connection to the same Klaviyo account. Every signed-in person may read
    /// them.
    /// </summary>
    /// <param name="actor">The person who asks.</param>
    /// <param name="connectionId">A connection to the account of the list.</param>
    /// <param name="listId">The list in Klaviyo.</param>
    /// <param name="except">The ID of the export to leave out. Null for a new export.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <returns>Empty when the connection does not exist.</returns>
    public async Task<IReadOnlyList<ListSharer>> SharersAsync(
        Actor actor,
        int connectionId,
        string listId,
        int? except,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await ExportsToList.SharersAsync(db, connectionId, listId, except, cancellationToken);
    }

    private async Task<ProfileLimit> LimitAsync(int connectionId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return cap.Of(
            await db.Set<Connection>().AsNoTracking().SingleOrDefaultAsync(connection => connection.Id == connectionId, cancellationToken)
        );
    }

    private static async Task<Export> FindAsync(IQueryable<Export> exports, int id, CancellationToken cancellationToken) =>
        await exports
            .AsSplitQuery()
            .Include(export => export.Segments)
            .Include(export => export.ExcludedSegments)
            .Include(export => export.Source)
            .Include(export => export.Connection)
            .SingleOrDefaultAsync(export => export.Id == id, cancellationToken)
        ?? throw new GoneException(new LocalizedMessage("Exports.Gone"));

    private static async Task DemandIdleAsync(AppDb db, IReadOnlyCollection<int> ids, CancellationToken cancellationToken)
    {
        var running = await db.Set<Export>()
            .Where(export => ids.Contains(export.Id) && db.Set<Run>().Any(run => run.ActiveExportId == export.Id))
            .OrderBy(export => export.Name)
            .Select(export => export.Name)
            .ToListAsync(cancellationToken);
        if (running.Count > 0)
            throw new LocalizedException(new LocalizedMessage("Exports.IsRunning", string.Join(", ", running)));
    }

    /// <returns>The export before the change. Null for a new export.</returns>
    private async Task<Export?> DemandEditAsync(Actor actor, ExportDraft draft, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var access = await ExportAccess.ReadAsync(db, actor, cancellationToken);
        if (draft.Id is not { } id)
        {
            // Whether the connection may be used is checked together with the list.
            EditExports.Rule.Demand(actor, actor.Role.IsContributor());
            return null;
        }
        var export = await FindAsync(db.Set<Export>().AsNoTracking(), id, cancellationToken);
        await DemandEditableAsync(db, actor, access, export, draft, cancellationToken);
        return export;
    }

    private async Task DemandEditableAsync(
        AppDb db,
        Actor actor,
        ExportAccess access,
        Export export,
        ExportDraft draft,
        CancellationToken cancellationToken
    )
    {
        if (!access.MayEdit(export.ConnectionId))
            throw new NotAllowedException();
        if (export.Version != (draft.OverwriteVersion ?? draft.Version))
            throw new ExportConflictException(await DetailsAsync(db, actor, export, cancellationToken));
        await DemandIdleAsync(db, [export.Id], cancellationToken);
    }

    private async Task<Export> EditedAsync(
        AppDb db,
        Actor actor,
        int id,
        ExportDraft draft,
        KlaviyoList list,
        CancellationToken cancellationToken
    )
    {
        var export = await FindAsync(db.Set<Export>(), id, cancellationToken);
        await DemandEditableAsync(db, actor, await ExportAccess.ReadAsync(db, actor, cancellationToken), export, draft, cancellationToken);
        // What was delivered to another list does not apply to this one.
        if (export.ListId != list.Id || !await IsSameAccountAsync(db, export, draft.ConnectionId, cancellationToken))
            await traces.TellAsync(db, new ExportChange.Redirecting(id), cancellationToken);
        else if (export.SyncMode != draft.SyncMode)
            await traces.TellAsync(db, new ExportChange.ModeChanged(id, draft.SyncMode), cancellationToken);
        return export;
    }

    private static async Task<bool> IsSameAccountAsync(AppDb db, Export export, int? connectionId, CancellationToken cancellationToken) =>
        export.ConnectionId == connectionId
        || (
            export.Connection is { AccountId: var account }
            && await db.Set<Connection>()
                .AnyAsync(connection => connection.Id == connectionId && connection.AccountId == account, cancellationToken)
        );

    private async Task<ExportDetails> DetailsAsync(AppDb db, Actor actor, Export export, CancellationToken cancellationToken) =>
        new(
            new ExportDraft
            {
                Id = export.Id,
                Name = export.Name,
                ConnectionId = export.ConnectionId,
                ListId = export.ListId,
                SourceId = export.SourceId,
                EmailField = export.EmailField,
                Fields = export.Fields,
                SegmentIds = [.. export.Segments.Select(segment => segment.Id)],
                ExcludedSegmentIds = [.. export.ExcludedSegments.Select(segment => segment.Id)],
                SyncMode = export.SyncMode,
                ListRules = export.ListRules,
                Audience = export.Audience,
                Version = export.Version,
            },
            export.ListName,
            export.Connection?.Name,
            export.Source!.Name,
            [.. export.Segments.Select(segment => segment.Name)],
            [.. export.ExcludedSegments.Select(segment => segment.Name)],
            export.CreatedBy,
            export.CreatedAt,
            (await ExportAccess.ReadAsync(db, actor, cancellationToken)).To(export.ConnectionId)
        )
        {
            Schedule = export.Schedule,
            IsPractice = export.Connection is { IsPractice: true },
            NextRunAt = export.ConnectionId is null ? null : export.NextRunAt,
            MissedAt = export.ConnectionId is null ? null : export.MissedAt,
            DataChangedAt = export.Source.DataChangedAt,
            DataAgeWarning = Freshness.Of(export.Source) is var age
                ? age.StopAt(clock.GetUtcNow()) ?? age.WarningAt(clock.GetUtcNow())
                : null,
            ActiveRunId = await db.Set<Run>()
                .Where(run => run.ActiveExportId == export.Id)
                .Select(run => (int?)run.Id)
                .SingleOrDefaultAsync(cancellationToken),
        };

    private Export NewExport(Actor actor, ExportDraft draft, KlaviyoList list) =>
        new()
        {
            Name = draft.Name,
            ListId = list.Id,
            ListName = list.Name,
            EmailField = draft.EmailField!,
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = actor.Name,
            OwnerId = actor.Id,
        };
}
