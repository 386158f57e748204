using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Stores the results of a batch whose job has ended, in one transaction: which profiles were refused and which are on the list.
/// </summary>
internal sealed class BatchConfirmation(
    IDbContextFactory<AppDb> stores,
    KlaviyoClient klaviyo,
    EmailHashes keys,
    SecretProtector secrets,
    RunJournal journal,
    TimeProvider clock,
    ILogger<BatchConfirmation> logger
)
{
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a page of import errors.</exception>
    public async Task ConfirmAsync(StageContext run, long batchId, ImportJob job, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var batch = await db.Set<Batch>().Include(batch => batch.Payload).SingleAsync(batch => batch.Id == batchId, cancellationToken);
        var rows = BatchContent.Open(batch.Payload!.Content, secrets);
        var culprits = await CulpritsAsync(run, rows, job, cancellationToken);
        using var addresses = await keys.LoadAllAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        foreach (var (index, error) in culprits)
            db.Set<Rejection>().Add(Refusals.Of(rows[index], batch.Number, error.Code, error.Detail).ToEntity(run.RunId, secrets));

        // Klaviyo may count more refusals than it lists. Its count is used, although it is not known which profiles they are.
        var unnamed = Math.Clamp(job.Failed - culprits.Count, 0, rows.Count - culprits.Count);
        if (unnamed > 0)
            journal.Add(db, run.RunId, new LocalizedMessage("Delivery.RefusedUnnamed", unnamed, batch.Number, job.Id));
        batch.Refused += culprits.Count + unnamed;
        batch.Accepted = rows.Count - culprits.Count - unnamed;
        (batch.JobCompleted, batch.JobFailed) = (job.Completed, job.Failed);
        batch.WindowUntil = job.CompletedAt ?? clock.GetUtcNow();
        Settle(batch);
        await Memberships.RememberAsync(
            db,
            addresses,
            run.Export.Id,
            run.SyncMode,
            [.. rows.Where((_, index) => !culprits.ContainsKey(index))],
            batch.Window,
            certain: unnamed == 0,
            cancellationToken
        );
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.BatchConfirmed(logger, run.RunId, batch.Number, batch.Accepted, batch.Refused);
    }

    /// <summary>Stores all profiles of a batch as unconfirmed, because Klaviyo will not report a result.</summary>
    public async Task GiveUpAsync(StageContext run, long batchId, LocalizedMessage why, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var batch = await db.Set<Batch>().Include(batch => batch.Payload).SingleAsync(batch => batch.Id == batchId, cancellationToken);
        var rows = BatchContent.Open(batch.Payload!.Content, secrets);
        using var addresses = await keys.LoadAllAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        db.Set<Rejection>()
            .AddRange(
                rows.Select(row =>
                    new NewRejection(row.Ordinal, row.Key, RejectionReason.Unconfirmed)
                    {
                        Email = row.Email,
                        BatchNumber = batch.Number,
                    }.ToEntity(run.RunId, secrets)
                )
            );
        batch.Unconfirmed = rows.Count;
        Settle(batch);
        await Memberships.RememberAsync(db, addresses, run.Export.Id, run.SyncMode, rows, batch.Window, certain: false, cancellationToken);
        journal.Add(db, run.RunId, new LocalizedMessage("Delivery.GaveUp", why, rows.Count));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private void Settle(Batch batch)
    {
        batch.State = BatchState.Confirmed;
        batch.ConfirmedAt = clock.GetUtcNow();
    }

    /// <summary>
    /// Reads all pages of import errors and groups them by profile. The email address in an error is more reliable than its position.
    /// </summary>
    private async Task<Dictionary<int, ImportError>> CulpritsAsync(
        StageContext run,
        List<BatchRow> rows,
        ImportJob job,
        CancellationToken cancellationToken
    )
    {
        var culprits = new Dictionary<int, ImportError>();
        if (job.Failed == 0)
            return culprits;
        var byEmail = new Dictionary<string, int>(rows.Count, StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < rows.Count; index++)
            byEmail[rows[index].Email] = index;
        await foreach (var error in klaviyo.GetImportErrorsAsync(run.Credential, job.Id, cancellationToken))
        {
            if (error.Email is { } email && byEmail.TryGetValue(email, out var named))
                culprits.TryAdd(named, error);
            else if (error.ProfileIndex is { } index && index < rows.Count)
                culprits.TryAdd(index, error);
        }
        return culprits;
    }
}
