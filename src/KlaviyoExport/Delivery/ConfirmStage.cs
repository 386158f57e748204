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
    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        var batches = await BatchesAsync(run.RunId, cancellationToken);
        var total = batches.Sum(batch => (long)batch.Prepared);
        await journal.EnterAsync(run.Claim, Stage.Confirm, total, cancellationToken);
        var progress = journal.Progress(run.Claim, total);
        var watches = new Dictionary<long, JobWatch>();
        while (batches.Any(batch => batch.State != BatchState.Confirmed))
        {
            foreach (var batch in batches.Where(batch => batch.State != BatchState.Confirmed))
                await LookAsync(run, batch, watches, cancellationToken);
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

    private async Task LookAsync(StageContext run, Batch batch, Dictionary<long, JobWatch> watches, CancellationToken cancellationToken)
    {
        if (batch.State < BatchState.Sent)
        {
            watches.Remove(batch.Id);
            await sender.SendAsync(run, batch.Id, cancellationToken);
            return;
        }

        var answer = await klaviyo.GetImportJobAsync(run.Credential, batch.JobId!, cancellationToken);
        if (!answer.Succeeded)
        {
            if (answer.Refusal.Kind != KlaviyoRefusalKind.NotFound)
                throw Refusals.Fatal(answer.Refusal, run.ListId);
            await LostAsync(run, batch, "Delivery.JobForgotten", cancellationToken);
        }
        else if (answer.Value.Status == ImportJobStatus.Complete)
            await CompleteAsync(run, batch, answer.Value, cancellationToken);
        else if (answer.Value.Status == ImportJobStatus.Cancelled)
            await LostAsync(run, batch, "Delivery.JobCancelled", cancellationToken);
        else if (JobWatch.For(watches, batch.Id, answer.Value, clock).StandsStillFor(clock) > options.Value.JobTimeout)
            await LostAsync(run, batch, "Delivery.JobStuck", cancellationToken);
    }

    private async Task CompleteAsync(StageContext run, Batch batch, ImportJob job, CancellationToken cancellationToken)
    {
        try
        {
            await confirmation.ConfirmAsync(run, batch.Id, job, cancellationToken);
        }
        catch (KlaviyoRefusedException refused) when (refused.Refusal.Kind == KlaviyoRefusalKind.NotFound)
        {
            // The job expired while its pages of errors were being read.
            await LostAsync(run, batch, "Delivery.JobForgotten", cancellationToken);
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
