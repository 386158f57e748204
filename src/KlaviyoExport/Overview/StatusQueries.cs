using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>
/// Reads the page System &gt; Status: the status, the last execution and the next time of every source, segment and export. Every signed-in
/// person may read it.
/// </summary>
public sealed class StatusQueries(IDbContextFactory<AppDb> stores, TimeProvider clock)
{
    /// <summary>Returns a row for each source, then each segment, then each export. Each group is ordered by name.</summary>
    public async Task<IReadOnlyList<StatusRow>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var plan = await db.Set<RefreshPlan>().AsNoTracking().SingleOrDefaultAsync(plan => plan.IsOn, cancellationToken);
        var warnings = await DriftQueries.AllAsync(db, cancellationToken);
        IReadOnlyList<StatusRow> rows =
        [
            .. await SourceStatus.ListAsync(db, actor, plan?.NextAt, clock.GetUtcNow(), cancellationToken),
            .. await SegmentStatus.ListAsync(db, actor, plan?.NextAt, cancellationToken),
            .. await ExportStatus.ListAsync(db, actor, plan?.NextAt, cancellationToken),
        ];
        return [.. rows.Select(row => row with { Warning = warnings.About(row.Kind, row.Id)?.Message })];
    }

    /// <summary>Returns the latest executions of one source, segment or export, newest first.</summary>
    public async Task<IReadOnlyList<StatusPoint>> HistoryAsync(
        Actor actor,
        RefreshTaskKind kind,
        int id,
        int take,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return kind == RefreshTaskKind.Export
            ? await ExportStatus.HistoryAsync(db, id, take, cancellationToken)
            : await RefreshStatus.HistoryAsync(db, actor, kind, id, take, cancellationToken);
    }
}
