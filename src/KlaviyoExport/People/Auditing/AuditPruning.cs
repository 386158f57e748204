using System.Security.Cryptography;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.People.Auditing;

/// <summary>
/// Removes the oldest entries of the audit. The chain then begins after the last removed entry, which is remembered. Entries are verified
/// before they are removed, so that a removal never hides a change. Nothing else deletes entries.
/// </summary>
internal sealed class AuditPruning(IDbContextFactory<AppDb> stores, SecretProtector secrets, Audit audit, ILogger<AuditPruning> logger)
{
    private const int Part = 5_000;

    /// <summary>Removes the entries at the beginning of the chain that are older than a time, and records how many.</summary>
    /// <returns>The number of removed entries.</returns>
    public async Task<long> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var (removed, last) = (0L, 0);
        try
        {
            do
            {
                last = await RemoveAsync(before, cancellationToken);
                removed += last;
            } while (last == Part);
        }
        catch (AuditBrokenException broken)
        {
            Log.AuditChanged(logger, broken.Message);
        }
        if (removed > 0)
            Log.AuditPruned(logger, removed);
        return removed;
    }

    private async Task<int> RemoveAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (!await db.Set<AuditEntry>().AnyAsync(entry => entry.Sequence != null && entry.At < before, cancellationToken))
            return 0;
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        if (await AuditChain.FindAsync(db, secrets, cancellationToken) is not { } chain)
            return 0;
        var first = await db.Set<AuditEntry>()
            .AsNoTracking()
            .Where(entry => entry.Sequence != null)
            .OrderBy(entry => entry.Sequence)
            .Take(Part)
            .ToListAsync(cancellationToken);
        // Only from the front: an older entry behind a newer one waits for it.
        var over = first.TakeWhile(entry => entry.At < before).ToList();
        if (over.Count == 0)
            return 0;
        var last = Verify(chain, over);
        chain.Anchor.MoveTo(chain.Key, last, over[^1].Hash!);
        audit.Add(db, Actor.System, "System.AuditPruned", detail: new LocalizedMessage("People.AuditPruned", over.Count, before));
        await db.SaveChangesAsync(cancellationToken);
        await db.Set<AuditEntry>().Where(entry => entry.Sequence <= last).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return over.Count;
    }

    /// <returns>The sequence number of the last entry.</returns>
    /// <exception cref="AuditBrokenException">The entries are not as they were sealed.</exception>
    private static long Verify(AuditChain chain, IReadOnlyList<AuditEntry> entries)
    {
        var (sequence, hash) = (chain.Anchor.Sequence, chain.Anchor.Hash);
        foreach (var entry in entries)
        {
            hash = AuditHash.OfEntry(chain.Key, hash, ++sequence, entry);
            if (entry.Sequence != sequence || entry.Hash is null || !CryptographicOperations.FixedTimeEquals(entry.Hash, hash))
                throw new AuditBrokenException(AuditFaultKind.Changed, sequence);
        }
        return sequence;
    }
}
