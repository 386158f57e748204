using System.Security.Cryptography;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.People.Auditing;

/// <summary>
/// Verifies the chain of the audit: that no entry was changed, removed or added since it was sealed. Changes nothing, and may be used while
/// servers run. Reads all entries: about a second for each hundred thousand.
/// </summary>
public sealed class AuditVerification
{
    /// <summary>The most faults that are reported one by one.</summary>
    public const int MostFaults = 20;

    private const int Attempts = 5;

    private readonly IDbContextFactory<AppDb> _stores;
    private readonly SecretProtector _secrets;

    internal AuditVerification(IDbContextFactory<AppDb> stores, SecretProtector secrets) => (_stores, _secrets) = (stores, secrets);

    public async Task<AuditReport> VerifyAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (report, isCurrent) = await LookAsync(cancellationToken);
            if (report.IsIntact || isCurrent || attempt == Attempts)
                return report;
        }
    }

    /// <returns>
    /// The report, and whether it can be trusted when it has faults. It cannot when a server removed the oldest entries meanwhile, or sealed
    /// the first one: the key and the ends of the chain are read one after the other.
    /// </returns>
    private async Task<(AuditReport Report, bool IsCurrent)> LookAsync(CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var waiting = db.Set<AuditEntry>().Where(entry => entry.Sequence == null);
        var (unsealed, oldest) = (
            await waiting.CountAsync(cancellationToken),
            await waiting.MinAsync(entry => (DateTimeOffset?)entry.At, cancellationToken)
        );
        var faults = new Faults();
        var count = 0L;
        // Entries that are sealed from now on come after this one.
        var last = await db.Set<AuditEntry>().MaxAsync(entry => entry.Sequence, cancellationToken) ?? 0;
        AuditChain? chain = null;
        try
        {
            chain = await AuditChain.FindAsync(db, _secrets, cancellationToken);
            if (chain is not null)
                count = await FollowAsync(db, chain, last, faults, cancellationToken);
        }
        catch (AuditBrokenException broken)
        {
            faults.Add(broken.Fault);
        }
        return (
            new AuditReport(count, unsealed, oldest, faults.First, faults.Count),
            chain is not null && await AnchorAsync(db, cancellationToken) == chain.Anchor.Sequence
        );
    }

    private static async Task<long> FollowAsync(AppDb db, AuditChain chain, long last, Faults faults, CancellationToken cancellationToken)
    {
        var (expected, previous, count) = (chain.Anchor.Sequence + 1, (byte[]?)chain.Anchor.Hash, 0L);
        await foreach (var entry in SealedAsync(db, chain.Head.Sequence).WithCancellation(cancellationToken))
        {
            var sequence = entry.Sequence!.Value;
            count++;
            if (sequence < expected)
            {
                faults.Add(new AuditFault(AuditFaultKind.Added, sequence, sequence));
                continue;
            }
            if (sequence > expected)
            {
                faults.Add(new AuditFault(AuditFaultKind.Removed, expected, sequence - 1));
                // The hash before it is gone, so this entry cannot be verified. The next one can.
                previous = null;
            }
            if (previous is not null && !IsSealed(chain.Key, previous, sequence, entry))
                faults.Add(new AuditFault(AuditFaultKind.Changed, sequence, sequence));
            (expected, previous) = (sequence + 1, entry.Hash);
        }
        if (expected <= chain.Head.Sequence)
            faults.Add(new AuditFault(AuditFaultKind.Removed, expected, chain.Head.Sequence));
        else if (previous is not null && !previous.AsSpan().SequenceEqual(chain.Head.Hash))
            faults.Add(new AuditFault(AuditFaultKind.Changed, chain.Head.Sequence, chain.Head.Sequence));
        if (last > chain.Head.Sequence)
            faults.Add(new AuditFault(AuditFaultKind.Added, chain.Head.Sequence + 1, last));
        return count;
    }

    private static bool IsSealed(byte[] key, byte[] previous, long sequence, AuditEntry entry) =>
        entry.Hash is { } hash && CryptographicOperations.FixedTimeEquals(hash, AuditHash.OfEntry(key, previous, sequence, entry));

    private static IAsyncEnumerable<AuditEntry> SealedAsync(AppDb db, long head) =>
        db.Set<AuditEntry>().AsNoTracking().Where(entry => entry.Sequence <= head).OrderBy(entry => entry.Sequence).AsAsyncEnumerable();

    private static Task<long> AnchorAsync(AppDb db, CancellationToken cancellationToken) =>
        db.Set<AuditMark>()
            .AsNoTracking()
            .Where(mark => mark.Name == AuditMark.Anchor)
            .Select(mark => mark.Sequence)
            .SingleOrDefaultAsync(cancellationToken);

    private sealed class Faults
    {
        private readonly List<AuditFault> _first = [];

        public IReadOnlyList<AuditFault> First => _first;

        public long Count { get; private set; }

        public void Add(AuditFault fault)
        {
            Count++;
            if (_first.Count < MostFaults)
                _first.Add(fault);
        }
    }
}
