using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Leaves people out of prepared batches whom a check has found off the list since: a run may wait for days for its approval or a retry.
/// </summary>
internal sealed class LateRemovals(
    IDbContextFactory<AppDb> stores,
    Memberships memberships,
    EmailHashes hashes,
    SecretProtector secrets,
    RunJournal journal
)
{
    /// <summary>
    /// Counts and names these people as Prepare does, unless the export puts them back. Batches that Klaviyo may have stay as they are.
    /// </summary>
    public async Task LeaveOutAsync(StageContext run, CancellationToken cancellationToken)
    {
        if (run.Export.ListRules.WhenRemovedByHand == WhenRemovedByHand.PutBack)
            return;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var others = (await ExportsToList.OthersAsync(db, run.Export.Id, cancellationToken)).ConvertAll(export => export.Id);
        var off = await memberships.TakenOffAsync(run.Export.Id, others, cancellationToken);
        off.ExceptWith(run.LeftOut);
        if (off.Count == 0)
            return;
        using var hasher = await hashes.LoadAsync(cancellationToken);
        var batches = await db.Set<Batch>()
            .Where(batch => batch.RunId == run.RunId && batch.State == BatchState.Prepared && batch.LostJobs == 0)
            .OrderBy(batch => batch.Number)
            .Select(batch => batch.Id)
            .ToListAsync(cancellationToken);
        foreach (var batch in batches)
            await LeaveOutAsync(run, batch, row => off.Contains(hasher.Hash(row.Email)), cancellationToken);
    }

    private async Task LeaveOutAsync(StageContext run, long batchId, Func<BatchRow, bool> isOff, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var batch = await db.Set<Batch>().Include(batch => batch.Payload).SingleAsync(batch => batch.Id == batchId, cancellationToken);
        var rows = BatchContent.Open(batch.Payload!.Content, secrets).ToLookup(isOff);
        List<BatchRow> off = [.. rows[true]];
        if (off.Count == 0)
            return;
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        db.Set<Rejection>()
            .AddRange(
                off.Select(row =>
                    new NewRejection(row.Ordinal, row.Key, RejectionReason.RemovedByHand) { Email = row.Email }.ToEntity(run.RunId, secrets)
                )
            );
        batch.Prepared -= off.Count;
        batch.Payload.Content = BatchContent.Seal([.. rows[false]], secrets);
        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, cancellationToken);
        stored.Ledger.Prepared -= off.Count;
        stored.Ledger.Respected += off.Count;
        journal.Add(db, run.RunId, new LocalizedMessage("Delivery.LeftOutLate", off.Count, batch.Number));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
