using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.People.Auditing;

/// <summary>
/// Seals the entries of the audit: gives each its number and its hash. An entry is sealed after its transaction has committed, so that
/// a transaction that commits late never leaves a gap and waits for nothing. Any number of servers may seal: each part is sealed in an
/// exclusive transaction.
/// </summary>
public sealed class AuditSealing
{
    private const int Part = 500;

    private readonly IDbContextFactory<AppDb> _stores;
    private readonly SecretProtector _secrets;
    private readonly ILogger _logger;

    internal AuditSealing(IDbContextFactory<AppDb> stores, SecretProtector secrets, ILogger<AuditSealing> logger) =>
        (_stores, _secrets, _logger) = (stores, secrets, logger);

    /// <summary>Seals all entries that are committed now. When the chain is broken, it writes that to the log and seals nothing.</summary>
    public async Task SealAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await SealNextAsync(cancellationToken)) { }
        }
        catch (AuditBrokenException broken)
        {
            Log.NotSealed(_logger, broken.Message);
        }
    }

    /// <returns>Whether there may be more.</returns>
    private async Task<bool> SealNextAsync(CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        // Before the exclusive transaction: on SQL Server, this waits for transactions that have written an entry and not committed yet.
        var ids = await db.Set<AuditEntry>()
            .Where(entry => entry.Sequence == null)
            .OrderBy(entry => entry.Id)
            .Select(entry => entry.Id)
            .Take(Part)
            .ToListAsync(cancellationToken);
        if (ids.Count == 0)
            return false;
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var chain = await AuditChain.OpenAsync(db, _secrets, cancellationToken);
        var (sequence, hash) = (chain.Head.Sequence, chain.Head.Hash);
        foreach (
            // Another server may have sealed some of them meanwhile.
            var entry in await db.Set<AuditEntry>()
                .Where(entry => ids.Contains(entry.Id) && entry.Sequence == null)
                .OrderBy(entry => entry.Id)
                .ToListAsync(cancellationToken)
        )
        {
            hash = AuditHash.OfEntry(chain.Key, hash, ++sequence, entry);
            entry.Seal(sequence, hash);
        }
        chain.Head.MoveTo(chain.Key, sequence, hash);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ids.Count == Part;
    }
}
