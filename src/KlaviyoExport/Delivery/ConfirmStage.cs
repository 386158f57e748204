using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Follows every job to its end. A job that ends without a result (cancelled, forgotten, stuck) has its batch sent again, a few times; what
/// Klaviyo never answers for is unconfirmed, never accepted.
/// </summary>
internal sealed class ConfirmStage(
    IDbContextFactory<AppDb> stores, KlaviyoClient klaviyo, BatchSender sender, BatchConfirmation confirmation, RunJournal journal,
    IOptions<DeliveryOptions> options, TimeProvider clock, ILogger<ConfirmStage> logger)
{
    public async Task RunAsync(StageContext run, CancellationToken cancel)
    {
        var batches = await BatchesAsync(run.RunId, cancel);
        var total = batches.Sum(batch => (long)batch.Prepared);
        await journal.EnterAsync(run.Claim, Stage.Confirm, total, cancel);
        var progress = journal.Progress(run.Claim, total);
        var watches = new Dictionary<long, JobWatch>();
        while (batches.Any(batch => batch.State != BatchState.Confirmed))
        {
            foreach (var batch in batches.Where(batch => batch.State != BatchState.Confirmed))
                await LookAsync(run, batch, watches, cancel);
            batches = await BatchesAsync(run.RunId, cancel);
            var done = batches.Sum(batch => batch.State == BatchState.Confirmed ? batch.Prepared : watches.GetValueOrDefault(batch.Id)?.Completed ?? 0L);
            await progress.ReportAsync(done, cancel);
            // A job may have done every row and still not be complete.
            if (batches.Any(batch => batch.State != BatchState.Confirmed))
                await Task.Delay(options.Value.PollInterval, clock, cancel);
        }
    }

    private async Task LookAsync(StageContext run, Batch batch, Dictionary<long, JobWatch> watches, CancellationToken cancel)
    {
        if (batch.State < BatchState.Sent)
        {
            watches.Remove(batch.Id);
            await sender.SendAsync(run, batch.Id, cancel);
            return;
        }

        var answer = await klaviyo.GetImportJobAsync(run.Credential, batch.JobId!, cancel);
        if (!answer.Succeeded)
        {
            if (answer.Refusal.Kind != KlaviyoRefusalKind.NotFound)
                throw Refusals.Fatal(answer.Refusal, run.ListId);
            await LostAsync(run, batch, "Delivery.JobForgotten", cancel);
        }
        else if (answer.Value.Status == ImportJobStatus.Complete)
            await CompleteAsync(run, batch, answer.Value, cancel);
        else if (answer.Value.Status == ImportJobStatus.Cancelled)
            await LostAsync(run, batch, "Delivery.JobCancelled", cancel);
        else if (JobWatch.For(watches, batch.Id, answer.Value, clock).StandsStillFor(clock) > options.Value.JobTimeout)
            await LostAsync(run, batch, "Delivery.JobStuck", cancel);
    }

    private async Task CompleteAsync(StageContext run, Batch batch, ImportJob job, CancellationToken cancel)
    {
        try
        {
            await confirmation.ConfirmAsync(run, batch.Id, job, cancel);
        }
        catch (KlaviyoRefusedException refused) when (refused.Refusal.Kind == KlaviyoRefusalKind.NotFound)
        {
            // The job expired between its last page and this one.
            await LostAsync(run, batch, "Delivery.JobForgotten", cancel);
        }
    }

    private async Task LostAsync(StageContext run, Batch batch, string notice, CancellationToken cancel)
    {
        Log.JobLost(logger, run.RunId, batch.Number, batch.JobId!, notice);
        if (batch.LostJobs >= options.Value.ResendsOfLostJob)
        {
            await confirmation.GiveUpAsync(run, batch.Id, new Notice(notice, batch.Number, batch.JobId), cancel);
            return;
        }
        await using var db = await stores.CreateDbContextAsync(cancel);
        await using var transaction = await run.Claim.BeginAsync(db, cancel);
        await db.Set<Batch>().Where(stored => stored.Id == batch.Id).ExecuteUpdateAsync(
            set => set.SetProperty(stored => stored.State, BatchState.Prepared).SetProperty(stored => stored.LostJobs, batch.LostJobs + 1), cancel);
        journal.Add(db, run.RunId, new Notice("Delivery.SentAgain", new Notice(notice, batch.Number, batch.JobId)));
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task<List<Batch>> BatchesAsync(int runId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.Set<Batch>().AsNoTracking().Where(batch => batch.RunId == runId).OrderBy(batch => batch.Number).ToListAsync(cancel);
    }
}
