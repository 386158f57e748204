using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>Stores which profiles each incremental or mirror export has on its list.</summary>
internal sealed class DeliveredProfiles(IDbContextFactory<AppDb> stores, EmailHashes hashes, SecretProtector secrets)
{
    private const int Chunk = 500;

    // No profile has this fingerprint. A profile that may not have arrived gets it, so that the next run sends it again.
    private static readonly byte[] Uncertain = new byte[16];

    /// <summary>Reads the delivered profiles: the fingerprint by the hash of the address.</summary>
    public async Task<Dictionary<Hash16, Hash16>> LoadAsync(int exportId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var known = new Dictionary<Hash16, Hash16>();
        await foreach (
            var row in db.Set<Delivered>()
                .Where(row => row.ExportId == exportId)
                .Select(row => new { row.EmailHash, row.Fingerprint })
                .AsAsyncEnumerable()
                .WithCancellation(cancellationToken)
        )
            known.Add(Hash16.Take(row.EmailHash), Hash16.Take(row.Fingerprint));
        return known;
    }

    /// <summary>
    /// Marks the profiles that a mirror run will remove from the list, in the caller's transaction. It replaces the marks of earlier
    /// runs.
    /// </summary>
    public static async Task<int> MarkLeavingAsync(
        AppDb db,
        int exportId,
        int runId,
        IEnumerable<Hash16> leaving,
        CancellationToken cancellationToken
    )
    {
        await db.Set<Delivered>()
            .Where(row => row.ExportId == exportId && row.LeavingRunId != null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.LeavingRunId, (int?)null), cancellationToken);
        var count = 0;
        foreach (var chunk in leaving.Chunk(Chunk))
        {
            var keys = chunk.Select(hash => hash.ToArray()).ToList();
            count += await db.Set<Delivered>()
                .Where(row => row.ExportId == exportId && keys.Contains(row.EmailHash))
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.LeavingRunId, runId), cancellationToken);
        }
        return count;
    }

    /// <summary>Deletes all delivered profiles of an export, in the caller's transaction.</summary>
    public static Task ForgetAsync(AppDb db, int exportId, CancellationToken cancellationToken) =>
        db.Set<Delivered>().Where(row => row.ExportId == exportId).ExecuteDeleteAsync(cancellationToken);

    /// <summary>
    /// Adapts the stored profiles to another sync mode, in the caller's transaction. The next run sends all members again: full runs
    /// store nothing, so the stored profiles may be older than those in Klaviyo. A mirror run can only remove profiles with a stored
    /// address; the others are deleted here and stored again when they are delivered.
    /// </summary>
    public static async Task ChangeModeAsync(AppDb db, int exportId, SyncMode mode, CancellationToken cancellationToken)
    {
        var rows = db.Set<Delivered>().Where(row => row.ExportId == exportId);
        if (mode == SyncMode.Mirror)
            await rows.Where(row => row.Email == null).ExecuteDeleteAsync(cancellationToken);
        await rows.ExecuteUpdateAsync(set => set.SetProperty(row => row.Fingerprint, Uncertain), cancellationToken);
    }

    /// <summary>Stores profiles as delivered, in the caller's transaction.</summary>
    /// <param name="certain">False when Klaviyo did not report for each profile whether it arrived.</param>
    public async Task RememberAsync(
        AppDb db,
        int exportId,
        SyncMode mode,
        IReadOnlyCollection<BatchRow> rows,
        bool certain,
        CancellationToken cancellationToken
    )
    {
        if (mode == SyncMode.Full)
            return;
        var hasher = await hashes.LoadAsync(cancellationToken);
        foreach (var chunk in rows.Chunk(Chunk))
        {
            var byHash = chunk.ToDictionary(row => hasher.Hash(row.Email));
            var keys = byHash.Keys.Select(hash => hash.ToArray()).ToList();
            var present = await db.Set<Delivered>()
                .Where(row => row.ExportId == exportId && keys.Contains(row.EmailHash))
                .ToListAsync(cancellationToken);
            foreach (var row in present)
            {
                byHash.Remove(Hash16.Take(row.EmailHash), out var delivered);
                row.Fingerprint = certain ? Hash16.OfContent(delivered!.Json).ToArray() : Uncertain;
                row.Email ??= EmailOf(mode, delivered!);
                row.LeavingRunId = null;
            }
            db.Set<Delivered>()
                .AddRange(
                    byHash.Select(pair => new Delivered
                    {
                        ExportId = exportId,
                        EmailHash = pair.Key.ToArray(),
                        Fingerprint = certain ? Hash16.OfContent(pair.Value.Json).ToArray() : Uncertain,
                        Email = EmailOf(mode, pair.Value),
                    })
                );
        }
    }

    private byte[]? EmailOf(SyncMode mode, BatchRow row) => mode == SyncMode.Mirror ? secrets.ProtectEmail(row.Email) : null;
}
