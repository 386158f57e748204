using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery;

/// <summary>Waits until the result of every batch is stored.</summary>
internal sealed class ConfirmStage(BatchFlows flows, RunJournal journal)
{
    public async Task RunAsync(StageContext run, CancellationToken cancellationToken)
    {
        var batches = await flows.PreparedAsync(run, cancellationToken);
        var total = batches.Sum(batch => (long)batch.Prepared);
        await journal.EnterAsync(run.Claim, Stage.Confirm, total, cancellationToken);
        await using var progress = run.Progress = journal.Progress(run.Claim, run.Credential.Quota, Stage.Confirm, total);
        var flow = flows.Start(run, batches, cancellationToken);
        await flow.UntilAsync(() => flow.AllConfirmed, ReportAsync, cancellationToken);

        async ValueTask ReportAsync()
        {
            progress.Waits(flow.WaitForJobs());
            await progress.ReportAsync(Stage.Send, flow.Sent, cancellationToken);
            await progress.ReportAsync(flow.Confirmed, cancellationToken);
        }
    }
}
