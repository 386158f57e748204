using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Delivery;

/// <summary>Starts the flow of a run's batches.</summary>
internal sealed class BatchFlows(
    IDbContextFactory<AppDb> stores,
    KlaviyoClient klaviyo,
    BatchSender sender,
    JobConfirmation jobs,
    LateRemovals late,
    IOptions<DeliveryOptions> options
)
{
    /// <summary>Returns the batches of a run whose members were all read, and finds whom they are not to contain any more.</summary>
    public async Task<List<Batch>> PreparedAsync(StageContext run, CancellationToken cancellationToken)
    {
        if (run.Flow is null)
            run.Late = await late.ReadAsync(run, cancellationToken);
        run.IsPrepared = true;
        return await BatchesAsync(run.RunId, cancellationToken);
    }

    /// <summary>Starts the flow of some batches, unless it has already started.</summary>
    public BatchFlow Start(StageContext run, IEnumerable<Batch> batches, CancellationToken cancellationToken)
    {
        if (run.Flow is { } flowing)
            return flowing;
        var flow = run.Flow = new BatchFlow(run, klaviyo, sender, jobs, options.Value, cancellationToken);
        foreach (var batch in batches)
            flow.Add(batch);
        return flow;
    }

    /// <summary>Returns the stored batches of a run in their order, without their profiles.</summary>
    public async Task<List<Batch>> BatchesAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Batch>()
            .AsNoTracking()
            .Where(batch => batch.RunId == runId)
            .OrderBy(batch => batch.Number)
            .ToListAsync(cancellationToken);
    }
}
