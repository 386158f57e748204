using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>
/// Finds out whom the other exports hold on a list. The exports of a Klaviyo account share a list, whatever their sync mode and over any
/// connection to the account.
/// </summary>
internal sealed class ListHolders(IDbContextFactory<AppDb> stores, EmailHashes keys, SecretProtector secrets)
{
    private const int Chunk = 500;
    private static readonly RunState[] Delivered = RunStates.In(RunPhase.Delivered);

    /// <summary>
    /// Reads who holds people on a list besides one export. The result stays true during a run of the account, because no other run of it
    /// is executed at the same time.
    /// </summary>
    public async Task<OtherHolders> ReadAsync(string accountId, string listId, int exportId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var others = (await ExportsToList.ReadAsync(db, accountId, listId, exportId, cancellationToken)).ConvertAll(export => export.Id);
        return new OtherHolders(
            others,
            await AnyUnknownAsync(db, others, listId, cancellationToken),
            await UnderWayAsync(db, others, cancellationToken)
        );
    }

    /// <summary>Returns those of the people whom other exports hold.</summary>
    public async Task<HashSet<Hash16>> HeldAsync(
        OtherHolders others,
        IReadOnlyList<byte[]> emailHashes,
        CancellationToken cancellationToken
    )
    {
        var people = emailHashes.Select(hash => Hash16.Take(hash));
        if (others.MayHoldAnyone)
            return [.. people];
        var held = people.Where(others.UnderWay.Contains).ToHashSet();
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        foreach (var hashes in emailHashes.Chunk(Chunk))
        {
            var found = await db.Set<Membership>()
                .Where(row =>
                    others.ExportIds.Contains(row.ExportId) && row.State == MembershipState.Held && hashes.Contains(row.EmailHash)
                )
                .Select(row => row.EmailHash)
                .ToListAsync(cancellationToken);
            held.UnionWith(found.Select(hash => Hash16.Take(hash)));
        }
        return held;
    }

    /// <summary>
    /// Older versions of the product did not store whom a run in full mode delivered. Until the export has delivered all its members once
    /// more, in any mode, anyone may be held by it.
    /// </summary>
    private static async Task<bool> AnyUnknownAsync(AppDb db, List<int> exports, string listId, CancellationToken cancellationToken)
    {
        var runs = db.Set<Run>()
            .Where(run =>
                exports.Contains(run.ExportId)
                && run.ListId == listId
                && Delivered.Contains(run.State)
                && run.RetriesRunId == null
                && run.UndoesRunId == null
            );
        var isStored = runs.Where(run => db.Set<Batch>().Any(batch => batch.RunId == run.Id && batch.WindowFrom != null));
        return await runs.AnyAsync(
            run => run.SyncMode == SyncMode.Full && run.Ledger.Accepted > 0 && !isStored.Any(later => later.ExportId == run.ExportId),
            cancellationToken
        );
    }

    /// <summary>
    /// The people whom a run of another export has sent to Klaviyo and not confirmed yet, for example because it waits for a retry. Klaviyo
    /// may add them to the list at any moment.
    /// </summary>
    private async Task<HashSet<Hash16>> UnderWayAsync(AppDb db, List<int> exports, CancellationToken cancellationToken)
    {
        var batches = await db.Set<Batch>()
            .Where(Batch.MayHaveArrived)
            .Where(batch => db.Set<Run>().Any(run => run.Id == batch.RunId && exports.Contains(run.ActiveExportId!.Value)))
            .Select(batch => batch.Id)
            .ToListAsync(cancellationToken);
        var people = new HashSet<Hash16>();
        if (batches.Count == 0)
            return people;
        using var hasher = await keys.LoadAsync(cancellationToken);
        foreach (var batchId in batches)
        {
            var payload = await db.Set<BatchPayload>().AsNoTracking().SingleAsync(payload => payload.BatchId == batchId, cancellationToken);
            people.UnionWith(BatchContent.Open(payload.Content, secrets).Select(row => hasher.Hash(row.Email)));
        }
        return people;
    }
}

/// <summary>Who holds people on a list besides one export.</summary>
/// <param name="ExportIds">The other exports to the list.</param>
/// <param name="MayHoldAnyone">Whether it is not known whom one of them holds.</param>
/// <param name="UnderWay">The people whom they have sent and not confirmed yet.</param>
internal sealed record OtherHolders(IReadOnlyList<int> ExportIds, bool MayHoldAnyone, HashSet<Hash16> UnderWay);
