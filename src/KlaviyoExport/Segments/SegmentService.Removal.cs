using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Segments;

public sealed partial class SegmentService
{
    /// <summary>Removes a segment that no export and no other segment uses.</summary>
    /// <returns>The segment, for <see cref="RestoreAsync"/>.</returns>
    public async Task<RemovedSegment> RemoveAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        DefineSegments.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var segment = await FindAsync(db.Set<Segment>(), id, cancellationToken);
        DemandAllChangeable(segment, await use.AllAsync(db, actor, id, cancellationToken));
        var used = await use.DirectAsync(db, actor, id, cancellationToken);
        if (used.Count > 0)
            throw new LocalizedException(new LocalizedMessage("Segments.InUse", segment.Name, NamesOf(used)));
        var counts = await db.Set<SegmentCount>().AsNoTracking().Where(count => count.SegmentId == id).ToListAsync(cancellationToken);
        db.Set<Segment>().Remove(segment);
        audit.Add(db, actor, "Segments.Removed", segment.Name, id);
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new RemovedSegment(segment, counts);
    }

    /// <summary>Adds a removed segment again, with its history. It gets a new ID.</summary>
    /// <returns>The new ID.</returns>
    /// <exception cref="LocalizedException">
    /// Its source or a segment that it refers to was removed too, or its name was given to another segment.
    /// </exception>
    public async Task<int> RestoreAsync(Actor actor, RemovedSegment removed, CancellationToken cancellationToken)
    {
        DefineSegments.Rule.Demand(actor);
        var segment = removed.Segment();
        var source = await SourceAsync(segment.SourceId, cancellationToken);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        if (await db.Set<Segment>().AnyAsync(other => other.Name == segment.Name, cancellationToken))
            throw new LocalizedException(new LocalizedMessage("Segments.NameTaken", segment.Name));
        await DemandReadableAsync(db, segment, [], source.Fields, cancellationToken);
        db.Set<Segment>().Add(segment);
        audit.Add(db, actor, "Segments.Restored", segment.Name);
        await db.SaveAsync(cancellationToken);
        db.Set<SegmentCount>().AddRange(removed.CountsOf(segment.Id));
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return segment.Id;
    }
}
