using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Waits until every job has ended. When a job ends without a result (canceled, lost or stuck), its batch is sent again, up to a limit.
/// Profiles without a result are unconfirmed, never accepted.
/// </summary>
internal sealed class ConfirmStage(
    IDbContextFactory<AppDb> stores,
    KlaviyoClient klaviyo,
    BatchSender sender,
    BatchConfirmation confirmation,
    RunJournal journal,
    IOptions<DeliveryOptions> options,
    TimeProvider clock,
    ILogger<ConfirmStage> logger
)
{
    // Up to 25 MB of profiles.
    private const int StoredTogether = 5;

    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        var batches = await BatchesAsync(run.RunId, cancellationToken);
        var total = batches.Sum(batch => (long)batch.Prepared);
        await journal.EnterAsync(run.Claim, Stage.Confirm, total, cancellationToken);
        var progress = journal.Progress(run.Claim, total);
        var watches = new Dictionary<long, JobWatch>();
        while (batches.Any(batch => batch.State != BatchState.Confirmed))
        {
            var complete = new List<(Batch Batch, ImportJob Job)>();
            foreach (var batch in batches.Where(batch => batch.State != BatchState.Confirmed))
                if (await LookAsync(run, batch, watches, cancellationToken) is { } job)
                    complete.Add((batch, job));
            foreach (var together in complete.Chunk(StoredTogether))
                await CompleteAsync(run, together, cancellationToken);
            batches = await BatchesAsync(run.RunId, cancellationToken);
            var done = batches.Sum(batch =>
                batch.State == BatchState.Confirmed ? batch.Prepared : watches.GetValueOrDefault(batch.Id)?.Completed ?? 0L
            );
            await progress.ReportAsync(done, cancellationToken);
            // A job can have processed every profile and still not be complete.
            if (batches.Any(batch => batch.State != BatchState.Confirmed))
                await Task.Delay(options.Value.PollInterval, clock, cancellationToken);
        }
    }

    /// <returns>The job, if it is complete. Otherwise null.</returns>
    private async Task<ImportJob?> LookAsync(
        StageContext run,
        Batch batch,
        Dictionary<long, JobWatch> watches,
        CancellationToken cancellationToken
    )
    {
        if (batch.State < BatchState.Sent)
        {
            watches.Remove(batch.Id);
            await sender.SendAsync(run, batch.Id, cancellationToken);
            return null;
        }

        var answer = await klaviyo.GetImportJobAsync(run.Credential, batch.JobId!, cancellationToken);
        if (!answer.Succeeded)
        {
            if (answer.Refusal.Kind != KlaviyoRefusalKind.NotFound)
                throw Refusals.Fatal(answer.Refusal, run.ListId);
            await LostAsync(run, batch, "Delivery.JobForgotten", cancellationToken);
        }
        else if (answer.Value.Status == ImportJobStatus.Complete)
            return answer.Value;
        else if (answer.Value.Status == ImportJobStatus.Cancelled)
            await LostAsync(run, batch, "Delivery.JobCancelled", cancellationToken);
        else if (JobWatch.For(watches, batch.Id, answer.Value, clock).StandsStillFor(clock) > options.Value.JobTimeout)
            await LostAsync(run, batch, "Delivery.JobStuck", cancellationToken);
        return null;
    }

    private async Task CompleteAsync(StageContext run, (Batch Batch, ImportJob Job)[] complete, CancellationToken cancellationToken)
    {
        var results = new List<JobResult>(complete.Length);
        try
        {
            foreach (var (batch, job) in complete)
                try
                {
                    results.Add(await confirmation.ReadAsync(run, batch.Id, job, cancellationToken));
                }
                catch (KlaviyoRefusedException refused) when (refused.Refusal.Kind == KlaviyoRefusalKind.NotFound)
                {
                    // The job expired while its pages of errors were being read.
                    await LostAsync(run, batch, "Delivery.JobForgotten", cancellationToken);
                }
        }
        finally
        {
            // What Klaviyo has reported is stored even when the run is being canceled or Klaviyo is unavailable at this moment.
            await confirmation.StoreAsync(run, results, CancellationToken.None);
        }
    }

    private async Task LostAsync(StageContext run, Batch batch, string message, CancellationToken cancellationToken)
    {
        Log.JobLost(logger, run.RunId, batch.Number, batch.JobId!, message);
        if (batch.LostJobs >= options.Value.ResendsOfLostJob)
        {
            await confirmation.GiveUpAsync(run, batch.Id, new LocalizedMessage(message, batch.Number, batch.JobId), cancellationToken);
            return;
        }
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await run.Claim.BeginAsync(db, cancellationToken);
        await db.Set<Batch>()
            .Where(stored => stored.Id == batch.Id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(stored => stored.State, BatchState.Prepared).SetProperty(stored => stored.LostJobs, batch.LostJobs + 1),
                cancellationToken
            );
        journal.Add(db, run.RunId, new LocalizedMessage("Delivery.SentAgain", new LocalizedMessage(message, batch.Number, batch.JobId)));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<List<Batch>> BatchesAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Batch>()
            .AsNoTracking()
            .Where(batch => batch.RunId == runId)
            .OrderBy(batch => batch.Number)
            .ToListAsync(cancellationToken);
    }
}
