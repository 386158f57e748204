using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Sends a batch to Klaviyo. Klaviyo refuses a whole batch because of a single invalid profile. The profiles it names lose the values it
/// names, if the rules of the export allow that, and are set aside permanently otherwise. Then the batch is sent again.
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
    /// <exception cref="RunFailedException">Klaviyo refuses the batch, and sending it again would not help.</exception>
    /// <exception cref="KlaviyoUnavailableException">Klaviyo is unavailable. The batch may have arrived; it is safe to send it
    /// again.</exception>
    public async Task SendAsync(StageContext run, long batchId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var batch = await db.Set<Batch>().Include(batch => batch.Payload).SingleAsync(batch => batch.Id == batchId, cancellationToken);
        var rows = BatchContent.Open(batch.Payload!.Content, secrets);
        while (rows.Count > 0)
        {
            var answer = await HandOverAsync(db, run, batch, rows, cancellationToken);
            // The result is stored even when the run is being canceled at this moment.
            if (answer.Succeeded)
            {
                batch.State = BatchState.Sent;
                batch.JobId = answer.Value.JobId;
                batch.SentAt = clock.GetUtcNow();
                await run.Claim.SaveAsync(db, CancellationToken.None);
                Log.BatchSent(logger, run.RunId, batch.Number, rows.Count, batch.JobId);
                return;
            }
            rows = await SetAsideAsync(db, run, batch, rows, answer.Refusal, cancellationToken);
            await run.Claim.SaveAsync(db, CancellationToken.None);
        }

        batch.State = BatchState.Confirmed;
        batch.ConfirmedAt = clock.GetUtcNow();
        await run.Claim.SaveAsync(db, CancellationToken.None);
    }

    /// <summary>
    /// Stores that the batch is being sent, before it is sent. If the response is lost, the batch must not count as unsent.
    /// </summary>
    private async Task<KlaviyoAnswer<ImportReceipt>> HandOverAsync(
        AppDb db,
        StageContext run,
        Batch batch,
        List<BatchRow> rows,
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
            var answer = await klaviyo.ImportAsync(
                run.Credential,
                ImportBody.Assemble(run.ListId, rows.ConvertAll(row => new ReadOnlyMemory<byte>(row.Json))),
                cancellationToken
            );
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

    private async Task<List<BatchRow>> SetAsideAsync(
        AppDb db,
        StageContext run,
        Batch batch,
        List<BatchRow> rows,
        KlaviyoRefusal refusal,
        CancellationToken cancellationToken
    )
    {
        var culprits = refusal
            .Errors.Where(error =>
                refusal.Kind is KlaviyoRefusalKind.Invalid or KlaviyoRefusalKind.Conflict && error.ProfileIndex < rows.Count
            )
            .ToLookup(error => error.ProfileIndex!.Value);
        if (culprits.Count == 0)
            throw Refusals.OfBatch(refusal, run.ListId);

        var tally = new FieldTally();
        var values = new RefusedValues(run.Export, tally);
        var rest = new List<BatchRow>(rows.Count);
        for (var index = 0; index < rows.Count; index++)
        {
            var errors = culprits[index].ToList();
            if (errors.Count == 0)
                rest.Add(rows[index]);
            else if (values.LeaveOut(rows[index], errors.ConvertAll(error => new RefusedValue(error.Field, error.IsDuplicate))) is { } row)
                rest.Add(row);
            else
                db.Set<Rejection>()
                    .Add(Refusals.Of(rows[index], batch.Number, errors[0].Code, errors[0].Detail).ToEntity(run.RunId, secrets));
        }
        await tally.AddToAsync(db, run.RunId, cancellationToken);
        var refused = rows.Count - rest.Count;
        batch.Refused += refused;
        batch.SetAside += refused;
        batch.Payload!.Content = BatchContent.Seal(rest, secrets);
        if (refused > 0)
            journal.Add(db, run.RunId, new LocalizedMessage("Delivery.SetAside", refused, batch.Number));
        if (culprits.Count > refused)
            journal.Add(db, run.RunId, new LocalizedMessage("Delivery.SentWithoutValues", culprits.Count - refused, batch.Number));
        Log.SetAside(logger, run.RunId, batch.Number, refused);
        return rest;
    }
}
