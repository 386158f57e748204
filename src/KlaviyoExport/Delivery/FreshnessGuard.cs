using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>Stops a run whose data is too old, or tells its age in the timeline.</summary>
internal sealed class FreshnessGuard(IDbContextFactory<AppDb> stores, FreshnessCheck check, RunJournal journal)
{
    /// <exception cref="SourceException">The data is too old and the source is to stop its exports then.</exception>
    public async Task DemandAsync(StageContext run, CancellationToken cancellationToken)
    {
        if (await check.DemandAsync(run.Export.Source!, cancellationToken) is not { } warning)
            return;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        journal.Add(db, run.RunId, warning);
        await run.Claim.SaveAsync(db, cancellationToken);
    }
}
