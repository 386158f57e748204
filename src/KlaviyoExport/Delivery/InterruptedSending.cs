using KlaviyoExport.Data;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// What an attempt of a run that was interrupted while it read its members has left. If it had begun to send, its batches are kept and their
/// profiles are not prepared again. Otherwise everything is deleted.
/// </summary>
internal sealed class InterruptedSending(IDbContextFactory<AppDb> stores, SecretProtector secrets)
{
    /// <summary>Deletes what the attempt has left, except for batches if one of them may have been sent.</summary>
    /// <returns>The batches that are kept.</returns>
    public async Task<IReadOnlyList<Batch>> KeepAsync(StageContext run, CancellationToken cancellationToken)
    {
        var runId = run.RunId;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        var batches = await db.Set<Batch>()
            .AsNoTracking()
            .Where(batch => batch.RunId == runId)
            .OrderBy(batch => batch.Number)
            .ToListAsync(cancellationToken);
        if (batches.TrueForAll(batch => batch is { State: BatchState.Prepared, LostJobs: 0 }))
        {
            await db.Set<Batch>().Where(batch => batch.RunId == runId).ExecuteDeleteAsync(cancellationToken);
            await db.Set<FieldOutcome>().Where(outcome => outcome.RunId == runId).ExecuteDeleteAsync(cancellationToken);
            batches = [];
        }
        // Those that name a batch were made when it was sent or confirmed.
        await db.Set<Rejection>()
            .Where(rejection => rejection.RunId == runId && (batches.Count == 0 || rejection.BatchNumber == null))
            .ExecuteDeleteAsync(cancellationToken);
        var prepared = batches.Sum(batch => (long)batch.Prepared);
        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == runId, cancellationToken);
        stored.Ledger = new Ledger { Members = prepared, Prepared = prepared };
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return batches;
    }

    /// <summary>Tells a sorter which profiles the batches have, and those that were rejected after they had been in one.</summary>
    public async Task ResumeAsync(StageContext run, IReadOnlyList<Batch> batches, MemberSorter sorter, CancellationToken cancellationToken)
    {
        if (batches.Count == 0)
            return;
        sorter.Resume(batches.Sum(batch => (long)batch.Prepared));
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        foreach (var batch in batches)
        {
            var payload = await db.Set<BatchPayload>()
                .AsNoTracking()
                .SingleAsync(payload => payload.BatchId == batch.Id, cancellationToken);
            foreach (var row in BatchContent.Open(payload.Content, secrets))
                sorter.Keep(row.Ordinal, row.Key, row.Email);
        }
        await foreach (
            var rejection in db.Set<Rejection>()
                .AsNoTracking()
                .Where(rejection => rejection.RunId == run.RunId && rejection.BatchNumber != null && rejection.Email != null)
                .AsAsyncEnumerable()
                .WithCancellation(cancellationToken)
        )
            sorter.Keep(rejection.Ordinal, rejection.ProfileKey, secrets.UnprotectEmail(rejection.Email!));
    }
}
