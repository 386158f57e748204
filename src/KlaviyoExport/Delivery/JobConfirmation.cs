using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Stores how the jobs of a run have ended. When a job ends without a result (canceled, lost or stuck), its batch is sent again, up to a
/// limit. Profiles without a result are unconfirmed, never accepted.
/// </summary>
internal sealed class JobConfirmation(
    IDbContextFactory<AppDb> stores,
    KlaviyoClient klaviyo,
    BatchConfirmation confirmation,
    LateRemovals late,
    RunJournal journal,
    RunTelemetry telemetry,
    IOptions<DeliveryOptions> options,
    TimeProvider clock,
    ILogger<JobConfirmation> logger
)
{
    public OpenJobs Open(StageContext run, BatchFlow flow) => new(run, flow, klaviyo, this, confirmation, options.Value, telemetry, clock);

    /// <summary>Stores the results of jobs that are complete.</summary>
    /// <exception cref="Exception">A result could not be read. The others are stored.</exception>
    public async Task CompleteAsync(
        StageContext run,
        BatchFlow flow,
        IReadOnlyList<(JobWatch Watch, Task<JobResult> Result)> readings,
        CancellationToken cancellationToken
    )
    {
        await Task.WhenAll(readings.Select(one => (Task)one.Result)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // What Klaviyo has reported is stored even when the run is being canceled or Klaviyo is unavailable at this moment.
        var results = readings.Where(one => one.Result.IsCompletedSuccessfully).Select(one => one.Result.Result).ToList();
        var (settled, resent) = await confirmation.StoreAsync(run, results, CancellationToken.None);
        if (resent.Count > 0 && run.IsPrepared)
            run.Late = await late.ReadAsync(run, cancellationToken);
        // Before the others are settled: the run is not confirmed as long as one of these is open.
        foreach (var batch in resent)
            flow.Add(batch);
        foreach (var batch in settled)
            flow.Settled(batch.Id, batch.Prepared, batch.Resent);
        foreach (var (watch, result) in readings.Where(one => !one.Result.IsCompletedSuccessfully))
            try
            {
                await result;
            }
            catch (KlaviyoRefusedException refused) when (refused.Refusal.Kind == KlaviyoRefusalKind.NotFound)
            {
                // The job expired while its pages of errors were being read.
                await LostAsync(run, flow, watch, "Delivery.JobForgotten", cancellationToken);
            }
    }

    /// <summary>Sends the batch of a lost job again, or stores that it is unconfirmed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="flow">The flow of its batches.</param>
    /// <param name="watch">The job.</param>
    /// <param name="message">The code of the message that says how the job was lost.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task LostAsync(StageContext run, BatchFlow flow, JobWatch watch, string message, CancellationToken cancellationToken)
    {
        var batch = watch.Batch;
        Log.JobLost(logger, run.RunId, batch.Number, watch.JobId, message);
        if (batch.LostJobs >= options.Value.ResendsOfLostJob)
        {
            await confirmation.GiveUpAsync(run, batch.Id, new LocalizedMessage(message, batch.Number, watch.JobId), cancellationToken);
            flow.Settled(batch.Id, batch.Prepared, 0);
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
        journal.Add(db, run.RunId, new LocalizedMessage("Delivery.SentAgain", new LocalizedMessage(message, batch.Number, watch.JobId)));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        flow.SendAgain(batch);
    }
}
