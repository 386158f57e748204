using System.Text.Json;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Segments;

/// <summary>Defines, counts and removes segments. A failed call throws a <see cref="LocalizedException"/> and changes nothing.</summary>
public sealed partial class SegmentService(
    IDbContextFactory<AppDb> stores,
    SegmentReader reader,
    SegmentUse use,
    Audit audit,
    TimeProvider clock,
    ILogger<SegmentService> logger
)
{
    private const int LongestName = 100;

    public async Task<IReadOnlyList<SegmentLine>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Segment>()
            .OrderBy(segment => segment.Name)
            .Select(segment => new SegmentLine(
                segment.Id,
                segment.Name,
                segment.SourceId,
                segment.Source!.Name,
                segment.MemberCount,
                segment.CountedAt
            ))
            .ToListAsync(cancellationToken);
    }

    public async Task<Segment> GetAsync(int id, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db.Set<Segment>().AsNoTracking(), id, cancellationToken);
    }

    /// <summary>Adds or changes a segment, and counts its members.</summary>
    /// <exception cref="SegmentInvalidException">The definition has faults.</exception>
    public async Task<Segment> SaveAsync(Actor actor, SegmentDraft draft, CancellationToken cancellationToken)
    {
        DefineSegments.Rule.Demand(actor);
        var name = draft.Name.Trim();
        if (name.Length == 0)
            throw new LocalizedException(new LocalizedMessage("Segments.NameNeeded"));
        if (name.Length > LongestName)
            throw new LocalizedException(new LocalizedMessage("Segments.NameTooLong", LongestName));
        var source = await SourceAsync(draft.SourceId, cancellationToken);
        if (SegmentRules.Validate(draft.Definition, source.Fields) is { Count: > 0 } faults)
            throw new SegmentInvalidException(faults);
        var (members, reading) = await reader.MeasureAsync(source, draft.Definition, cancellationToken);

        // Two people can save segments that refer to each other at the same time. Therefore references are checked in a transaction that
        // prevents other changes.
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var used = draft.Id is { } edited ? await use.AllAsync(db, actor, edited, cancellationToken) : [];
        var segment = draft.Id is { } id
            ? await FindAsync(db.Set<Segment>(), id, cancellationToken)
            : new Segment
            {
                Name = name,
                Definition = draft.Definition,
                SourceId = source.Id,
                CreatedAt = clock.GetUtcNow(),
                CreatedBy = actor.Name,
            };
        if (draft.Id is null)
            db.Set<Segment>().Add(segment);
        else
            DemandAllChangeable(segment, used);
        if (draft.Id is not null && segment.Version != draft.Version)
            throw new LocalizedException(new LocalizedMessage("Segments.ChangedMeanwhile"));
        if (segment.SourceId != source.Id && used.Count > 0)
            throw new LocalizedException(new LocalizedMessage("Segments.SourceFixed", NamesOf(used)));
        if (await db.Set<Segment>().AnyAsync(other => other.Name == name && other.Id != segment.Id, cancellationToken))
            throw new LocalizedException(new LocalizedMessage("Segments.NameTaken", name));
        var changes = draft.Id is null ? null : await ChangesAsync(db, segment, name, source, draft.Definition, members, cancellationToken);
        (segment.Name, segment.SourceId, segment.Definition) = (name, source.Id, draft.Definition);
        await DemandReadableAsync(db, segment, used, source.Fields, cancellationToken);
        (segment.MemberCount, segment.Reading, segment.CountedAt) = (members, reading, clock.GetUtcNow());
        audit.Add(
            db,
            actor,
            draft.Id is null ? "Segments.Added" : "Segments.Changed",
            name,
            draft.Id,
            draft.Id is null ? new LocalizedMessage("Segments.WithMembers", source.Name, members) : changes
        );
        await SaveAsync(db, cancellationToken);
        await SegmentCount.RecordAsync(db, segment.Id, members, segment.CountedAt!.Value, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.Counted(logger, segment.Id, members);
        return segment;
    }

    /// <summary>Counts the members of a segment and stores the number.</summary>
    public async Task<long> CountAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        DefineSegments.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var segment = await FindAsync(db.Set<Segment>().AsNoTracking().Include(segment => segment.Source), id, cancellationToken);
        var (members, reading) = await reader.MeasureAsync(segment.Source!, segment, cancellationToken);
        var now = clock.GetUtcNow();
        // Only if the counted definition was not changed in the meantime. The version stays, because a count is not an edit.
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var stored = await db.Set<Segment>()
            .Where(current => current.Id == id && current.Version == segment.Version)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(current => current.MemberCount, members)
                        .SetProperty(current => current.Reading, reading)
                        .SetProperty(current => current.CountedAt, now),
                cancellationToken
            );
        if (stored > 0)
            await SegmentCount.RecordAsync(db, id, members, now, cancellationToken);
        // The counts of a refresh are in its history.
        if (stored > 0 && actor.Id != Actor.System.Id)
        {
            audit.Add(
                db,
                actor,
                "Segments.Counted",
                segment.Name,
                id,
                new AuditChanges().Add("Members", segment.MemberCount, members).ToMessage()
            );
            await db.SaveChangesAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        Log.Counted(logger, id, members);
        return members;
    }

    /// <summary>Counts the members of a definition, which need not be saved.</summary>
    public async Task<long> CountAsync(Actor actor, int sourceId, SegmentDefinition definition, CancellationToken cancellationToken)
    {
        DefineSegments.Rule.Demand(actor);
        return await reader.CountAsync(await SourceAsync(sourceId, cancellationToken), definition, cancellationToken);
    }

    /// <summary>Reads the first members of a definition with their values, for people who may define segments.</summary>
    public async Task<IReadOnlyList<Profile>> PreviewAsync(
        Actor actor,
        int sourceId,
        SegmentDefinition definition,
        IReadOnlyList<string> fields,
        int take,
        CancellationToken cancellationToken
    )
    {
        DefineSegments.Rule.Demand(actor);
        return await reader.PreviewAsync(await SourceAsync(sourceId, cancellationToken), definition, fields, take, cancellationToken);
    }

    /// <summary>Returns the segments of a source by name, with what it took to count them.</summary>
    public async Task<IReadOnlyList<SegmentReadingRow>> ReadingsAsync(Actor actor, int sourceId, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Segment>()
            .Where(segment => segment.SourceId == sourceId)
            .OrderBy(segment => segment.Name)
            .Select(segment => new SegmentReadingRow(segment.Id, segment.Name, segment.MemberCount, segment.CountedAt, segment.Reading))
            .ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Returns the numbers of members on the latest days on which they were counted, oldest first. Every signed-in person may read them.
    /// </summary>
    public async Task<IReadOnlyList<SegmentCount>> HistoryAsync(int id, int take, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var latest = await db.Set<SegmentCount>()
            .AsNoTracking()
            .Where(count => count.SegmentId == id)
            .OrderByDescending(count => count.Day)
            .Take(take)
            .ToListAsync(cancellationToken);
        latest.Reverse();
        return latest;
    }

    /// <summary>Returns the exports and segments that use a segment directly. Every signed-in person may read them.</summary>
    public async Task<IReadOnlyList<SegmentUser>> UsersAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await use.DirectAsync(db, actor, id, cancellationToken);
    }

    /// <summary>Names the fields of the conditions, and not their values, which can be about people.</summary>
    private static async Task<LocalizedMessage?> ChangesAsync(
        AppDb db,
        Segment segment,
        string name,
        Source source,
        SegmentDefinition definition,
        long members,
        CancellationToken cancellationToken
    )
    {
        var from = await db.Set<Source>()
            .Where(stored => stored.Id == segment.SourceId)
            .Select(stored => stored.Name)
            .SingleAsync(cancellationToken);
        var (before, after) = (FieldsOf(segment.Definition), FieldsOf(definition));
        return new AuditChanges()
            .Add("Name", segment.Name, name)
            .Add("Source", from, source.Name)
            .Add("ConditionFields", before, after)
            .Mention(
                "Conditions",
                before.SequenceEqual(after) && JsonSerializer.Serialize(segment.Definition) != JsonSerializer.Serialize(definition)
            )
            .Add("Members", segment.MemberCount, members)
            .ToMessage();
    }

    private static List<string> FieldsOf(SegmentDefinition definition) =>
        definition is MembershipSegment membership
            ? [membership.Table]
            : [.. SegmentTree.NodesOf(definition).OfType<Condition>().Select(condition => condition.Field).Distinct().Order()];

    private async Task<Source> SourceAsync(int? id, CancellationToken cancellationToken)
    {
        if (id is null)
            throw new LocalizedException(new LocalizedMessage("Segments.SourceNeeded"));
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Source>().AsNoTracking().SingleOrDefaultAsync(source => source.Id == id, cancellationToken)
            ?? throw new SourceException(new LocalizedMessage("Sources.Gone"));
    }

    private static async Task<Segment> FindAsync(IQueryable<Segment> segments, int id, CancellationToken cancellationToken) =>
        await segments.SingleOrDefaultAsync(segment => segment.Id == id, cancellationToken)
        ?? throw new GoneException(new LocalizedMessage("Segments.Gone"));

    /// <summary>
    /// Demands that the actor may change every export of the segment, because a change of the segment changes what they send.
    /// </summary>
    private static void DemandAllChangeable(Segment segment, IReadOnlyList<SegmentUser> users)
    {
        if (users.Where(user => !user.MayChange).ToList() is { Count: > 0 } closed)
            throw new LocalizedException(new LocalizedMessage("Segments.UsedByOthers", segment.Name, NamesOf(closed)));
    }

    /// <summary>Demands that a changed segment, and every segment that refers to it, can be read: without a circle, and not too large.</summary>
    private static async Task DemandReadableAsync(
        AppDb db,
        Segment changed,
        IReadOnlyList<SegmentUser> users,
        IReadOnlyList<Field> fields,
        CancellationToken cancellationToken
    )
    {
        var others = await db.Set<Segment>()
            .AsNoTracking()
            .Where(segment => segment.SourceId == changed.SourceId && segment.Id != changed.Id)
            .ToListAsync(cancellationToken);
        var references = new SegmentReferences(changed.Id == 0 ? others : others.Append(changed), fields);
        references.Resolve(changed);
        foreach (var user in users.Where(user => user.Kind == SegmentUserKind.Segment))
        {
            // A user that could not be read before, for example because a field is missing, does not prevent the change.
            if (others.Find(segment => segment.Id == user.Id) is { } other && SegmentRules.Validate(other.Definition, fields).Count == 0)
                references.Resolve(other);
        }
    }

    private static string NamesOf(IEnumerable<SegmentUser> users) => string.Join(", ", users.Select(user => user.Name));

    private static async Task SaveAsync(AppDb db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new LocalizedException(new LocalizedMessage("Segments.ChangedMeanwhile"));
        }
    }
}
