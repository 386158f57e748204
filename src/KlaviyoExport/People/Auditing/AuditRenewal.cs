using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.People.Auditing;

/// <summary>
/// Begins a new chain when the key or an end of the present one is lost, and no backup has them. Entries are kept as they are and sealed
/// again. Whether they were changed before can no longer be proved, and the first entry of the new chain says so.
/// </summary>
public sealed class AuditRenewal
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly SecretProtector _secrets;
    private readonly Audit _audit;

    internal AuditRenewal(IDbContextFactory<AppDb> stores, SecretProtector secrets, Audit audit) =>
        (_stores, _secrets, _audit) = (stores, secrets, audit);

    /// <returns>The number of entries that were sealed before. They are sealed again by <see cref="AuditSealing"/>.</returns>
    /// <exception cref="StoreFaultException">The chain has its key and its ends, so nothing was changed.</exception>
    public async Task<int> RenewAsync(CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        if (await IsWholeAsync(db, cancellationToken))
            throw new StoreFaultException(
                "The chain of the audit has its key and its ends. A new one is begun only when they are lost: see the command check."
            );
        var last = await db.Set<AuditEntry>()
            .AsNoTracking()
            .Where(entry => entry.Sequence != null)
            .OrderByDescending(entry => entry.Sequence)
            .FirstOrDefaultAsync(cancellationToken);
        // The marks of what was forwarded as well: the new chain is forwarded from its beginning.
        await db.Set<AuditMark>().ExecuteDeleteAsync(cancellationToken);
        await db.Set<InstallationKey>().Where(key => key.Name == AuditChain.KeyName).ExecuteDeleteAsync(cancellationToken);
        var entries = await db.Set<AuditEntry>()
            .Where(entry => entry.Sequence != null)
            .ExecuteUpdateAsync(
                set => set.SetProperty(entry => entry.Sequence, (long?)null).SetProperty(entry => entry.Hash, (byte[]?)null),
                cancellationToken
            );
        _audit.Add(
            db,
            Actor.Console,
            "System.AuditRenewed",
            detail: new LocalizedMessage("People.AuditRenewed", entries, last?.Sequence ?? 0, Convert.ToHexStringLower(last?.Hash ?? []))
        );
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return entries;
    }

    private async Task<bool> IsWholeAsync(AppDb db, CancellationToken cancellationToken)
    {
        try
        {
            await AuditChain.FindAsync(db, _secrets, cancellationToken);
            return true;
        }
        catch (AuditBrokenException)
        {
            return false;
        }
    }
}
