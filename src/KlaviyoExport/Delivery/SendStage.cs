using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>Sends every batch that Klaviyo has not accepted yet.</summary>
internal sealed class SendStage(
    IDbContextFactory<AppDb> stores,
    BatchSender sender,
    LateRemovals late,
    ExportUserCheck exportUser,
    RunJournal journal
)
{
    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        await late.LeaveOutAsync(run, cancellationToken);
        var batches = await BatchesAsync(run.RunId, cancellationToken);
        if (batches.TrueForAll(batch => batch is { State: BatchState.Prepared, LostJobs: 0 }))
            await exportUser.DemandAsync(run.Export.Id, cancellationToken);
        var total = batches.Sum(batch => (long)batch.Prepared);
        var done = batches.Where(batch => batch.State >= BatchState.Sent).Sum(batch => (long)batch.Prepared);
        await journal.EnterAsync(run.Claim, Stage.Send, total, cancellationToken);
        var progress = journal.Progress(run.Claim, total);
        foreach (var batch in batches.Where(batch => batch.State < BatchState.Sent))
        {
            await progress.ReportAsync(done, cancellationToken);
            await sender.SendAsync(run, batch.Id, cancellationToken);
            done += batch.Prepared;
        }
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
