using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>
/// What the exports to a list have stored about its members when a check of the list begins, and how the list has drifted from it: people
/// whom somebody has taken off the list in Klaviyo, and such people who have returned.
/// </summary>
internal sealed class ListDrift
{
    private const int Chunk = 500;
    private readonly List<(int ExportId, Hash16 Hash, bool IsHeld)> _settled = [];
    private readonly HashSet<Hash16> _held = [];
    private readonly HashSet<Hash16> _wereOn = [];

    private ListDrift() { }

    /// <summary>Reads the memberships of all exports to the list.</summary>
    /// <param name="db">The context.</param>
    /// <param name="exportId">The export whose list is checked.</param>
    /// <param name="exports">The exports to the list.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public static async Task<ListDrift> ReadAsync(AppDb db, int exportId, IReadOnlyList<int> exports, CancellationToken cancellationToken)
    {
        var drift = new ListDrift();
        var rows = db.Set<Membership>()
            .Where(row => exports.Contains(row.ExportId))
            .Where(row => row.State == MembershipState.Held || row.State == MembershipState.RemovedByHand)
            .Select(row => new
            {
                row.ExportId,
                row.EmailHash,
                row.State,
                row.Fingerprint,
            });
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var (hash, isHeld) = (Hash16.Take(row.EmailHash), row.State == MembershipState.Held);
            if (isHeld)
                drift._held.Add(hash);
            // A profile that may not have arrived was perhaps never on the list. The next run sends it.
            if (isHeld && Hash16.Take(row.Fingerprint) == default)
                continue;
            drift._settled.Add((row.ExportId, hash, isHeld));
            if (!isHeld || row.ExportId == exportId)
                drift._wereOn.Add(hash);
        }
        return drift;
    }

    /// <summary>Whether one of the exports holds the person.</summary>
    public bool IsHeld(Hash16 hash) => _held.Contains(hash);

    /// <summary>Whether the export put the person on the list, or somebody is known to have taken the person off.</summary>
    public bool WasOnList(Hash16 hash) => _wereOn.Contains(hash);

    /// <summary>Returns the number of people whom the exports hold and have put on the list.</summary>
    /// <param name="onList">The people on the list. Null to count all.</param>
    /// <returns>Those who are not on the list, or all.</returns>
    public long CountOff(HashSet<Hash16>? onList) =>
        _settled.Where(row => row.IsHeld && onList?.Contains(row.Hash) != true).Select(row => row.Hash).Distinct().LongCount();

    /// <summary>
    /// Stores who was taken off the list and who has returned, in the caller's transaction. Leaves out exports that have changed the list
    /// since the check began.
    /// </summary>
    /// <param name="db">The context with the transaction.</param>
    /// <param name="exports">The exports that still send to the list.</param>
    /// <param name="onList">The people on the list.</param>
    /// <param name="begun">When the check began.</param>
    /// <param name="storesRemovals">Whether to store who was taken off.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task StoreAsync(
        AppDb db,
        IReadOnlyList<int> exports,
        HashSet<Hash16> onList,
        DateTimeOffset begun,
        bool storesRemovals,
        CancellationToken cancellationToken
    )
    {
        var busy = await db.Set<Run>()
            .Where(run =>
                exports.Contains(run.ExportId)
                && run.StartedAt != null
                && run.State != RunState.NeedsApproval
                && (run.FinishedAt == null || run.FinishedAt > begun)
            )
            .Select(run => run.ExportId)
            .ToListAsync(cancellationToken);
        var idle = exports.Except(busy).ToHashSet();
        foreach (var export in _settled.Where(row => idle.Contains(row.ExportId)).GroupBy(row => row.ExportId))
        {
            var off = export.Where(row => storesRemovals && row.IsHeld && !onList.Contains(row.Hash)).Select(row => row.Hash);
            foreach (var hashes in Chunks(off))
                await Memberships.RemoveByHandAsync(In(db, export.Key, MembershipState.Held, hashes), cancellationToken);
            var back = export.Where(row => !row.IsHeld && onList.Contains(row.Hash)).Select(row => row.Hash);
            foreach (var hashes in Chunks(back))
                await Memberships.ReturnAsync(In(db, export.Key, MembershipState.RemovedByHand, hashes), cancellationToken);
        }
    }

    private static IQueryable<Membership> In(AppDb db, int exportId, MembershipState state, List<byte[]> hashes) =>
        db.Set<Membership>().Where(row => row.ExportId == exportId && row.State == state && hashes.Contains(row.EmailHash));

    private static IEnumerable<List<byte[]>> Chunks(IEnumerable<Hash16> people) =>
        people.Chunk(Chunk).Select(chunk => chunk.Select(hash => hash.ToArray()).ToList());
}
