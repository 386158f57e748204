using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Lists;

/// <summary>Requests the checks that exports have scheduled: a day or a week after the last check of the export.</summary>
internal sealed class DueListChecks(IDbContextFactory<AppDb> stores, ListCheckSignal signal, TimeProvider clock)
{
    /// <summary>
    /// Requests a check of each export that is due and has ended a run to its present list, unless one is in progress. Several servers may
    /// call it at the same time.
    /// </summary>
    /// <returns>The number of requested checks.</returns>
    public async Task<int> RequestAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var exports = await db.Set<Export>()
            .AsNoTracking()
            .Where(export => export.ConnectionId != null)
            .Select(export => new { export.Id, export.ListRules })
            .ToListAsync(cancellationToken);
        var requested = 0;
        foreach (var export in exports.Where(export => export.ListRules.Verify != VerifyList.OnRequest))
            if (await DueAsync(db, export.Id, export.ListRules.Verify, cancellationToken) is { } run)
            {
                db.Set<ListCheck>()
                    .Add(
                        new ListCheck
                        {
                            RunId = run.Id,
                            RequestedAt = clock.GetUtcNow(),
                            IsScheduled = true,
                            RequestedBy = "",
                        }
                    );
                requested++;
            }
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (requested > 0)
            signal.Wake();
        return requested;
    }

    /// <returns>The run whose list is due for a check. Null when none is.</returns>
    private async Task<Run?> DueAsync(AppDb db, int exportId, VerifyList verify, CancellationToken cancellationToken)
    {
        var period = verify == VerifyList.Daily ? TimeSpan.FromDays(1) : TimeSpan.FromDays(7);
        var after = clock.GetUtcNow() - period;
        var run = await db.Set<Run>()
            .AsNoTracking()
            .Where(run => run.ExportId == exportId && run.StartedAt != null && run.FinishedAt != null)
            .OrderByDescending(run => run.Id)
            .FirstOrDefaultAsync(cancellationToken);
        if (run is null || await ListCheckService.RefusalAsync(db, run, cancellationToken) is not null)
            return null;
        var checks = db.Set<ListCheck>().Where(check => db.Set<Run>().Any(other => other.Id == check.RunId && other.ExportId == exportId));
        return await checks.AnyAsync(check => check.FinishedAt == null || check.RequestedAt > after, cancellationToken) ? null : run;
    }
}
