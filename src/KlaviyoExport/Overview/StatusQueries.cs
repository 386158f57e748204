using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>
/// What System &gt; Status shows: every source, segment and export with where it stands, what happened last and what comes next. Everybody
/// may look.
/// </summary>
public sealed class StatusQueries(IDbContextFactory<AppDb> stores)
{
    /// <summary>All tasks: sources, segments, exports, each by name.</summary>
    public async Task<IReadOnlyList<StatusRow>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var plan = await db.Set<RefreshPlan>().AsNoTracking().SingleOrDefaultAsync(plan => plan.IsOn, cancellationToken);
        return
        [
            .. await SourceStatus.ListAsync(db, actor, plan?.NextAt, cancellationToken),
            .. await SegmentStatus.ListAsync(db, actor, plan?.NextAt, cancellationToken),
            .. await ExportStatus.ListAsync(db, actor, plan?.NextAt, cancellationToken),
        ];
    }

    /// <summary>The last times of one of them, newest first.</summary>
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
