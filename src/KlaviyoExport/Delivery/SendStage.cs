using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery;

/// <summary>Sends every batch that Klaviyo has not accepted yet. Jobs that have ended meanwhile are confirmed.</summary>
internal sealed class SendStage(BatchFlows flows, ExportUserCheck exportUser, RunJournal journal)
{
    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        var batches = await flows.PreparedAsync(run, cancellationToken);
        if (batches.TrueForAll(batch => batch is { State: BatchState.Prepared, LostJobs: 0 }))
            await exportUser.DemandAsync(run.Export.Id, cancellationToken);
        var total = batches.Sum(batch => (long)batch.Prepared);
        await journal.EnterAsync(run.Claim, Stage.Send, total, cancellationToken);
        await using var progress = run.Progress = journal.Progress(run.Claim, run.Credential.Quota, Stage.Send, total);
        var flow = flows.Start(run, batches, cancellationToken);
        await flow.UntilAsync(() => flow.AllSent, ReportAsync, cancellationToken);

        async ValueTask ReportAsync()
        {
            await progress.ReportAsync(Stage.Confirm, flow.Confirmed, cancellationToken);
            await progress.ReportAsync(flow.Sent, cancellationToken);
        }
    }
}
