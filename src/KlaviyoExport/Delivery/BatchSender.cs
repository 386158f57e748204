using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Sends a batch to Klaviyo. Klaviyo refuses a whole batch because of a single invalid profile. The profiles it names lose the values it
/// names, if the rules of the export allow that, and are set aside permanently otherwise. Then the batch is sent again. Several batches of
/// a run can be sent at the same time.
/// </summary>
internal sealed class BatchSender(
    IDbContextFactory<AppDb> stores,
    KlaviyoClient klaviyo,
    SecretProtector secrets,
    RunJournal journal,
    KlaviyoTime klaviyoTime,
    TimeProvider clock,
    ILogger<BatchSender> logger
)
{
    /// <param name="run">The run.</param>
    /// <param name="batchId">A batch that Klaviyo has not accepted yet.</param>
    /// <param name="reserved">The place of the first call within Klaviyo's rate limits.</param>
    /// <param name="cancellationToken">Cancels the call. A response that has arrived is stored nevertheless.</param>
    /// <returns>The batch: sent, or confirmed when none of its profiles was left to send.</returns>
    /// <exception cref="RunFailedException">Klaviyo refuses the batch, and sending it again would not help.</exception>
    /// <exception cref="KlaviyoUnavailableException">Klaviyo is unavailable. The batch may have arrived; it is safe to send it
    /// again.</exception>
    public async Task<Batch> SendAsync(StageContext run, long batchId, CallPlace reserved, CancellationToken cancellationToken)
    {
        using var first = reserved;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var batch = await db.Set<Batch>().SingleAsync(batch => batch.Id == batchId, cancellationToken);
        using var scope = Log.BeginBatch(logger, batch.Number, batch.Id);
        await LeaveOutAsync(db, run, batch, cancellationToken);
        for (CallPlace? place = first; await ProfilesAsync(db, batch, cancellationToken) is { } profiles; place = null)
        {
            using var next = place is null ? await klaviyo.ReserveImportAsync(run.Credential, cancellationToken) : null;
            var answer = await HandOverAsync(db, run, batch, place ?? next!, profiles, cancellationToken);
            // The result is stored even when the run is being canceled at this moment.
            if (answer.Succeeded)
            {
                batch.State = BatchState.Sent;
                batch.JobId = answer.Value.JobId;
                batch.SentAt = clock.GetUtcNow();
                await run.Claim.SaveAsync(db, CancellationToken.None);
                Log.BatchSent(logger, run.RunId, batch.Number, profiles.Count, batch.JobId);
                return batch;
            }
            await SetAsideAsync(db, run, batch, answer.Refusal);
        }

        batch.State = BatchState.Confirmed;
        batch.ConfirmedAt = clock.GetUtcNow();
        await run.Claim.SaveAsync(db, CancellationToken.None);
        return batch;
    }

    /// <summary>Only the decrypted profiles stay in memory during the call.</summary>
    private async Task<ImportProfiles?> ProfilesAsync(AppDb db, Batch batch, CancellationToken cancellationToken) =>
        BatchContent.OpenProfiles(await ContentAsync(db, batch, cancellationToken), secrets);

    private static Task<byte[]> ContentAsync(AppDb db, Batch batch, CancellationToken cancellationToken) =>
        db.Set<BatchPayload>()
            .Where(payload => payload.BatchId == batch.Id)
            .Select(payload => payload.Content)
            .SingleAsync(cancellationToken);

    private Task<int> ReplaceAsync(AppDb db, Batch batch, List<BatchRow> rows, CancellationToken cancellationToken)
    {
        var content = BatchContent.Seal(rows, secrets);
        return db.Set<BatchPayload>()
            .Where(payload => payload.BatchId == batch.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(payload => payload.Content, content), cancellationToken);
    }

    /// <summary>
    /// Leaves out whom a check has found off the list since the batch was prepared. A batch that Klaviyo may have stays as it is.
    /// </summary>
    private async Task LeaveOutAsync(AppDb db, StageContext run, Batch batch, CancellationToken cancellationToken)
    {
        if (run.Late.Count == 0 || batch is not { State: BatchState.Prepared, LostJobs: 0 })
            return;
        var rows = BatchContent.Open(await ContentAsync(db, batch, cancellationToken), secrets).ToLookup(row => run.Late.Contains(row));
        List<BatchRow> off = [.. rows[true]];
        if (off.Count == 0)
            return;
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        await db.InsertAsync(
            off.Select(row =>
                new NewRejection(row.Ordinal, row.Key, RejectionReason.RemovedByHand) { Email = row.Email }.ToEntity(run.RunId, secrets)
            ),
            cancellationToken
        );
        batch.Prepared -= off.Count;
        await ReplaceAsync(db, batch, [.. rows[false]], cancellationToken);
        var stored = await db.Set<Run>().SingleAsync(stored => stored.Id == run.RunId, cancellationToken);
        stored.Ledger.Prepared -= off.Count;
        stored.Ledger.Respected += off.Count;
        journal.Add(db, run.RunId, new LocalizedMessage("Delivery.LeftOutLate", off.Count, batch.Number));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Stores that the batch is being sent, before it is sent. If the response is lost, the batch must not count as unsent.
    /// </summary>
    private async Task<KlaviyoAnswer<ImportReceipt>> HandOverAsync(
        AppDb db,
        StageContext run,
        Batch batch,
        CallPlace place,
        ImportProfiles profiles,
        CancellationToken cancellationToken
    )
    {
        var (before, isFirst) = ((batch.State, batch.WindowFrom), batch is { State: BatchState.Prepared, LostJobs: 0 });
        batch.State = BatchState.Sending;
        if (isFirst)
            batch.WindowFrom = klaviyoTime.GetUtcNow();
        // Save even when nothing changed: an execution that has lost its claim must not send.
        await run.Claim.SaveAsync(db, cancellationToken);
        try
        {
            var answer = await klaviyo.ImportAsync(run.Credential, place, run.ListId, profiles, cancellationToken);
            if (isFirst && answer.Value is { IsOnlyOne: true, CreatedAt: { } createdAt })
                batch.WindowFrom = createdAt;
            if (answer.Refusal is { MayHaveArrived: false })
                await NotArrivedAsync(db, run, batch, before);
            return answer;
        }
        catch (Exception fault) when (fault is KlaviyoUnavailableException { MayHaveArrived: false } or KlaviyoCallNotSentException)
        {
            await NotArrivedAsync(db, run, batch, before);
            throw;
        }
    }

    private static async Task NotArrivedAsync(
        AppDb db,
        StageContext run,
        Batch batch,
        (BatchState State, DateTimeOffset? WindowFrom) before
    )
    {
        (batch.State, batch.WindowFrom) = before;
        await run.Claim.SaveAsync(db, CancellationToken.None);
    }

    /// <summary>Stores the batch without the profiles or values that Klaviyo has refused, also when the run is being canceled.</summary>
    private async Task SetAsideAsync(AppDb db, StageContext run, Batch batch, KlaviyoRefusal refusal)
    {
        var rows = BatchContent.Open(await ContentAsync(db, batch, CancellationToken.None), secrets);
        var culprits = refusal
            .Errors.Where(error =>
                refusal.Kind is KlaviyoRefusalKind.Invalid or KlaviyoRefusalKind.Conflict && error.ProfileIndex < rows.Count
            )
            .ToLookup(error => error.ProfileIndex!.Value);
        if (culprits.Count == 0)
            throw Refusals.OfBatch(refusal, run.ListId);

        await using var transaction = await run.Claim.BeginAsync(db, CancellationToken.None);
        var tally = new FieldTally();
        var values = new RefusedValues(run.Export, tally);
        var (rest, rejected) = (new List<BatchRow>(rows.Count), new List<Rejection>());
        for (var index = 0; index < rows.Count; index++)
        {
            var errors = culprits[index].ToList();
            if (errors.Count == 0)
                rest.Add(rows[index]);
            else if (values.LeaveOut(rows[index], errors.ConvertAll(error => new RefusedValue(error.Field, error.IsDuplicate))) is { } row)
                rest.Add(row);
            else
                rejected.Add(Refusals.Of(rows[index], batch.Number, errors[0].Code, errors[0].Detail).ToEntity(run.RunId, secrets));
        }
        await db.InsertAsync(rejected, CancellationToken.None);
        await tally.AddToAsync(db, run.RunId, CancellationToken.None);
        var refused = rows.Count - rest.Count;
        batch.Refused += refused;
        batch.SetAside += refused;
        await ReplaceAsync(db, batch, rest, CancellationToken.None);
        if (refused > 0)
            journal.Add(db, run.RunId, new LocalizedMessage("Delivery.SetAside", refused, batch.Number));
        if (culprits.Count > refused)
            journal.Add(db, run.RunId, new LocalizedMessage("Delivery.SentWithoutValues", culprits.Count - refused, batch.Number));
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        Log.SetAside(logger, run.RunId, batch.Number, refused);
    }
}
