using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Finds whom a check has found off the list since a run was prepared: a run may wait for days for its approval or a retry. They are left
/// out of the batches that Klaviyo cannot have yet.
/// </summary>
internal sealed class LateRemovals(IDbContextFactory<AppDb> stores, Memberships memberships, EmailHashes hashes)
{
    /// <returns>Nobody when the export puts such people back.</returns>
    public async Task<LatelyRemoved> ReadAsync(StageContext run, CancellationToken cancellationToken)
    {
        if (run.Export.ListRules.WhenRemovedByHand == WhenRemovedByHand.PutBack)
            return LatelyRemoved.Nobody;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var others = (await ExportsToList.OthersAsync(db, run.Export.Id, cancellationToken)).ConvertAll(export => export.Id);
        var off = await memberships.TakenOffAsync(run.Export.Id, others, cancellationToken);
        off.ExceptWith(run.LeftOut);
        return off.Count == 0 ? LatelyRemoved.Nobody : new LatelyRemoved(off, await hashes.LoadAsync(cancellationToken));
    }
}

/// <summary>The people whom <see cref="LateRemovals"/> has found.</summary>
internal sealed class LatelyRemoved(HashSet<Hash16> people, EmailHasher? hasher)
{
    public static LatelyRemoved Nobody { get; } = new([], null);

    public int Count => people.Count;

    public bool Contains(BatchRow row) => hasher is not null && people.Contains(hasher.Hash(row.Email));
}
