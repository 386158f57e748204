using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Reads and stores the results of batches whose jobs have ended: which profiles were refused and which are on the list.
/// </summary>
internal sealed class BatchConfirmation(
    IDbContextFactory<AppDb> stores,
    KlaviyoClient klaviyo,
    EmailHashes keys,
    SecretProtector secrets,
    RunJournal journal,
    RunTelemetry telemetry,
    KlaviyoTime klaviyoTime,
    IOptions<DeliveryOptions> options,
    TimeProvider clock,
    ILogger<BatchConfirmation> logger
)
{
    /// <summary>Reads all pages of the errors of a job that has ended.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a page.</exception>
    public async Task<IReadOnlyList<ImportError>> ReadErrorsAsync(StageContext run, ImportJob job, CancellationToken cancellationToken)
    {
        var errors = new List<ImportError>();
        if (job.Failed > 0)
            await foreach (var error in klaviyo.GetImportErrorsAsync(run.Credential, job.Id, cancellationToken))
                errors.Add(error);
        return errors;
    }

    /// <summary>Decides what a job, which has ended, has done with the profiles of its batch.</summary>
    public async Task<JobResult> ReadAsync(
        StageContext run,
        long batchId,
        ImportJob job,
        IReadOnlyList<ImportError> errors,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var payload = await db.Set<BatchPayload>().AsNoTracking().SingleAsync(payload => payload.BatchId == batchId, cancellationToken);
        var rows = BatchContent.Open(payload.Content, secrets);
        var culprits = Culprits(rows, errors);
        // Klaviyo may count more refusals than it lists. Its count is used, although it is not known which profiles they are.
        var unnamed = Math.Clamp(job.Failed - culprits.Count, 0, rows.Count - culprits.Count);
        using var addresses = await keys.LoadAllAsync(cancellationToken);
        var delivered = DeliveredPerson.Of(
            culprits.Count == 0 ? rows : rows.Where((_, index) => !culprits.ContainsKey(index)),
            addresses,
            run.SyncMode,
            areCertain: unnamed == 0
        );
        return new JobResult(batchId, job, delivered, [.. culprits.Select(one => (rows[one.Key], one.Value))], unnamed);
    }

    /// <summary>
    /// Stores the results of several batches: writing them together is faster. First whom they have delivered, in several transactions, so
    /// that batches can be sent between them; then, in one transaction, that the batches are confirmed. If the process ends before that,
    /// the results are read and stored again, which changes nothing.
    /// </summary>
    /// <returns>The batches, and those that hold the profiles that are to be sent again without a value.</returns>
    public async Task<(List<Batch> Settled, IReadOnlyList<Batch> Resent)> StoreAsync(
        StageContext run,
        IReadOnlyList<JobResult> results,
        CancellationToken cancellationToken
    )
    {
        if (results.Count == 0)
            return ([], []);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var tally = new FieldTally();
        var (resent, rejected) = (new ResentProfiles(db, run, options.Value, secrets), new List<Rejection>());
        var settled = new List<Batch>(results.Count);
        foreach (var result in results)
        {
            var batch = await db.Set<Batch>().SingleAsync(batch => batch.Id == result.BatchId, cancellationToken);
            Apply(db, run, batch, result, new RefusedValues(run.Export, tally), resent, rejected);
            settled.Add(batch);
        }
        foreach (var part in MembershipWriter.InOrderOfKey([.. results.Zip(settled, (result, batch) => (result.Delivered, batch.Window))]))
        {
            await using var ofPart = await run.Claim.BeginAsync(db, cancellationToken);
            await MembershipWriter.WriteAsync(db, run.Export.Id, part, areNew: run.KnewNobody, cancellationToken);
            await ofPart.CommitAsync(cancellationToken);
        }
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        await db.InsertAsync(rejected, cancellationToken);
        var added = await resent.StoreAsync(cancellationToken);
        await tally.AddToAsync(db, run.RunId, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        telemetry.Settled(settled);
        return (settled, added);
    }

    private void Apply(
        AppDb db,
        StageContext run,
        Batch batch,
        JobResult result,
        RefusedValues values,
        ResentProfiles resent,
        List<Rejection> rejected
    )
    {
        var job = result.Job;
        var refused = 0;
        foreach (var (refusedRow, errors) in result.Culprits)
            if (
                batch.Round < ResentProfiles.MostRounds
                && values.LeaveOut(refusedRow, errors.ConvertAll(error => new RefusedValue(error.Field, error.IsDuplicate))) is { } row
            )
            {
                resent.Add(row, batch.Round + 1);
                batch.Resent++;
            }
            else
            {
                refused++;
                rejected.Add(Refusals.Of(refusedRow, batch.Number, errors[0].Code, errors[0].Detail).ToEntity(run.RunId, secrets));
            }
        batch.Prepared -= batch.Resent;
        if (batch.Resent > 0)
            journal.Add(db, run.RunId, new LocalizedMessage("Delivery.SentWithoutValues", batch.Resent, batch.Number));
        if (result.Unnamed > 0)
            journal.Add(db, run.RunId, new LocalizedMessage("Delivery.RefusedUnnamed", result.Unnamed, batch.Number, job.Id));
        batch.Refused += refused + result.Unnamed;
        batch.Accepted = result.Delivered.Length - result.Unnamed;
        (batch.JobCompleted, batch.JobFailed) = (job.Completed, job.Failed);
        batch.WindowUntil = job.CompletedAt ?? klaviyoTime.GetUtcNow();
        Settle(batch);
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
        await db.InsertAsync(
            rows.Select(row =>
                new NewRejection(row.Ordinal, row.Key, RejectionReason.Unconfirmed)
                {
                    Email = row.Email,
                    BatchNumber = batch.Number,
                }.ToEntity(run.RunId, secrets)
            ),
            cancellationToken
        );
        batch.Unconfirmed = rows.Count;
        Settle(batch);
        await MembershipWriter.WriteAsync(
            db,
            addresses,
            run.Export.Id,
            run.SyncMode,
            rows,
            batch.Window,
            areCertain: false,
            cancellationToken
        );
        journal.Add(db, run.RunId, new LocalizedMessage("Delivery.GaveUp", why, rows.Count));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private void Settle(Batch batch)
    {
        batch.State = BatchState.Confirmed;
        batch.ConfirmedAt = clock.GetUtcNow();
    }

    /// <summary>Groups errors by profile. The email address in an error is more reliable than its position.</summary>
    private static Dictionary<int, List<ImportError>> Culprits(List<BatchRow> rows, IReadOnlyList<ImportError> errors)
    {
        var culprits = new Dictionary<int, List<ImportError>>();
        if (errors.Count == 0)
            return culprits;
        var byEmail = new Dictionary<string, int>(rows.Count, StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < rows.Count; index++)
            byEmail[rows[index].Email] = index;
        foreach (var error in errors)
            if (error.Email is { } email && byEmail.TryGetValue(email, out var named))
                Add(named, error);
            else if (error.ProfileIndex is { } index && index < rows.Count)
                Add(index, error);
        return culprits;

        void Add(int index, ImportError error)
        {
            if (!culprits.TryGetValue(index, out var ofProfile))
                culprits.Add(index, ofProfile = []);
            ofProfile.Add(error);
        }
    }
}

/// <summary>What a job has done with the profiles of a batch.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Job">The job.</param>
/// <param name="Delivered">The people whom the job has not refused by name.</param>
/// <param name="Culprits">The refused profiles.</param>
/// <param name="Unnamed">How many of <paramref name="Delivered"/> the job has refused without naming them.</param>
internal sealed record JobResult(
    long BatchId,
    ImportJob Job,
    DeliveredPerson[] Delivered,
    IReadOnlyList<(BatchRow Row, List<ImportError> Errors)> Culprits,
    int Unnamed
);
