using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Forwarding;

/// <summary>
/// Forwards sealed entries in their order, each at least once. The last forwarded entry of each target is stored. When the entries are not
/// those that were forwarded, because the store was restored from a backup, all are forwarded again.
/// </summary>
internal sealed class AuditForwarding(IDbContextFactory<AppDb> stores, SecretProtector secrets)
{
    private const int Part = 100;

    /// <summary>Forwards the next entries to a target.</summary>
    /// <returns>Whether there may be more.</returns>
    /// <exception cref="ForwardingException">The target cannot take them now.</exception>
    /// <exception cref="AuditBrokenException">The chain is broken, so the position cannot be stored.</exception>
    public async Task<bool> ForwardAsync(IAuditTarget target, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (await AuditChain.FindAsync(db, secrets, cancellationToken) is not { } chain)
            return false;
        var position = await db.Set<AuditMark>().SingleOrDefaultAsync(mark => mark.Name == target.Name, cancellationToken);
        var last = position is not null && await IsReachedAsync(db, chain, position, cancellationToken) ? position.Sequence : 0;
        var entries = await db.Set<AuditEntry>()
            .AsNoTracking()
            .Where(entry => entry.Sequence > last)
            .OrderBy(entry => entry.Sequence)
            .Take(Part)
            .ToListAsync(cancellationToken);
        if (entries.Count == 0)
            return false;
        await target.SendAsync(entries, cancellationToken);
        var (sequence, hash) = (entries[^1].Sequence!.Value, entries[^1].Hash!);
        if (position is null)
            db.Add(AuditMark.At(target.Name, chain.Key, sequence, hash));
        else
            position.MoveTo(chain.Key, sequence, hash);
        await db.SaveChangesAsync(cancellationToken);
        return entries.Count == Part;
    }

    /// <summary>Returns the time of the oldest entry that was not forwarded to a target. Null when all were.</summary>
    public async Task<DateTimeOffset?> BehindSinceAsync(IAuditTarget target, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var last = await db.Set<AuditMark>()
            .Where(mark => mark.Name == target.Name)
            .Select(mark => mark.Sequence)
            .SingleOrDefaultAsync(cancellationToken);
        return await db.Set<AuditEntry>()
            .Where(entry => entry.Sequence > last)
            .OrderBy(entry => entry.Sequence)
            .Select(entry => (DateTimeOffset?)entry.At)
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Whether the chain contains the position, or the retention has removed it.</summary>
    private static async Task<bool> IsReachedAsync(AppDb db, AuditChain chain, AuditMark position, CancellationToken cancellationToken)
    {
        if (!position.IsAuthentic(chain.Key) || position.Sequence > chain.Head.Sequence)
            return false;
        if (position.Sequence <= chain.Anchor.Sequence)
            return true;
        var hash = await db.Set<AuditEntry>()
            .Where(entry => entry.Sequence == position.Sequence)
            .Select(entry => entry.Hash)
            .SingleOrDefaultAsync(cancellationToken);
        return hash is not null && hash.AsSpan().SequenceEqual(position.Hash);
    }
}
