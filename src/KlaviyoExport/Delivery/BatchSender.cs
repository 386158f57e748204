using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Sends a batch to Klaviyo. Klaviyo refuses a whole batch because of a single invalid profile. The profiles it names are therefore set
/// aside permanently before the rest of the batch is sent again.
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
            rows = SetAside(db, run, batch, rows, answer.Refusal);
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

    private List<BatchRow> SetAside(AppDb db, StageContext run, Batch batch, List<BatchRow> rows, KlaviyoRefusal refusal)
    {
        var culprits = refusal
            .Errors.Where(error => refusal.Kind == KlaviyoRefusalKind.Invalid && error.ProfileIndex < rows.Count)
            .ToLookup(error => error.ProfileIndex!.Value);
        if (culprits.Count == 0)
            throw Refusals.OfBatch(refusal, run.ListId);

        foreach (var culprit in culprits)
        {
            var row = rows[culprit.Key];
            db.Set<Rejection>()
                .Add(Refusals.Of(row, batch.Number, culprit.First().Code, culprit.First().Detail).ToEntity(run.RunId, secrets));
        }
        List<BatchRow> rest = [.. rows.Where((_, index) => !culprits.Contains(index))];
        batch.Refused += culprits.Count;
        batch.SetAside += culprits.Count;
        batch.Payload!.Content = BatchContent.Seal(rest, secrets);
        journal.Add(db, run.RunId, new LocalizedMessage("Delivery.SetAside", culprits.Count, batch.Number));
        Log.SetAside(logger, run.RunId, batch.Number, culprits.Count);
        return rest;
    }
}
