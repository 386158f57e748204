using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>Reads exports for the export list and the export page. Every signed-in person may read them.</summary>
public sealed class ExportQueries(IDbContextFactory<AppDb> stores, ExportService exports)
{
    /// <summary>Returns one page of the export list.</summary>
    public async Task<ExportPage> PageAsync(Actor actor, ExportQuery query, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var refreshAt = await RefreshAtAsync(db, cancellationToken);
        var found = ExportListing.Find(db, query);
        var total = await found.CountAsync(cancellationToken);
        var size = Math.Clamp(query.PageSize, 1, ExportQuery.LargestPage);
        // The offset of a very high page number overflows an int. Such a page is empty in any case.
        var skip = (int)Math.Min(int.MaxValue, (Math.Max(1L, query.Page) - 1) * size);
        var ids = await ExportListing
            .Sort(found, db, query, refreshAt)
            .Skip(skip)
            .Take(size)
            .Select(row => row.Export.Id)
            .ToListAsync(cancellationToken);
        var rows = await RowsAsync(db, actor, ids, refreshAt, cancellationToken);
        return new ExportPage([.. ids.Where(rows.ContainsKey).Select(id => rows[id])], total);
    }

    /// <summary>Returns one export. When it follows the system refresh, its next time is that of the refresh.</summary>
    /// <exception cref="LocalizedException">The export does not exist.</exception>
    public async Task<ExportDetails> GetAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        var export = await exports.GetAsync(actor, id, cancellationToken);
        if (export.Draft.ConnectionId is null || !export.Schedule.FollowsRefresh)
            return export;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return export with { NextRunAt = await RefreshAtAsync(db, cancellationToken) };
    }

    private static async Task<Dictionary<int, ExportRow>> RowsAsync(
        AppDb db,
        Actor actor,
        List<int> ids,
        DateTimeOffset? refreshAt,
        CancellationToken cancellationToken
    )
    {
        var access = await ExportAccess.ReadAsync(db, actor, cancellationToken);
        var rows = await db.Set<Export>()
            .AsNoTracking()
            .Where(export => ids.Contains(export.Id))
            .WithLatestRun(db)
            .Select(row => new
            {
                row.Export.Id,
                row.Export.Name,
                row.Export.ConnectionId,
                ConnectionName = row.Export.Connection!.Name,
                IsPractice = row.Export.ConnectionId != null && row.Export.Connection.IsPractice,
                row.Export.ListId,
                row.Export.ListName,
                row.Export.Schedule,
                row.Export.NextRunAt,
                row.Export.MissedAt,
                row.Export.Version,
                RunId = (int?)row.Latest!.Id,
                State = (RunState?)row.Latest.State,
                Since = row.Latest.FinishedAt ?? row.Latest.StartedAt ?? (DateTimeOffset?)row.Latest.QueuedAt,
                IsActive = row.Latest.ActiveExportId != null,
                AccountId = (string?)row.Latest.AccountId,
                row.Latest.RetryAt,
                Refreshed = db.Set<Run>()
                    .Where(ExportListing.Refreshing)
                    .Where(run => run.ExportId == row.Export.Id)
                    .Max(run => run.FinishedAt),
            })
            .ToListAsync(cancellationToken);
        var waits = await RunWaiting.ForAsync(
            db,
            [
                .. rows.Where(row => row.IsActive)
                    .Select(row => new Waiting(row.RunId!.Value, row.AccountId!, row.State!.Value, row.RetryAt)),
            ],
            cancellationToken
        );
        return rows.ToDictionary(
            row => row.Id,
            row => new ExportRow
            {
                Id = row.Id,
                Name = row.Name,
                ConnectionName = row.ConnectionName,
                IsPractice = row.IsPractice,
                ListId = row.ListId,
                ListName = row.ListName,
                LastRunId = row.RunId,
                ActiveRunId = row.IsActive ? row.RunId : null,
                WaitsFor = row.IsActive ? waits.GetValueOrDefault(row.RunId!.Value) : null,
                State = row.State,
                StateSince = row.Since,
                Refreshed = row.Refreshed,
                Schedule = row.Schedule,
                NextRunAt = NextOf(row.ConnectionId, row.Schedule, row.NextRunAt, refreshAt),
                MissedAt = row.ConnectionId is null ? null : row.MissedAt,
                Version = row.Version,
                Permissions = access.To(row.ConnectionId),
            }
        );
    }

    /// <summary>An export without a connection never runs, even when its schedule is on.</summary>
    private static DateTimeOffset? NextOf(int? connectionId, ExportSchedule schedule, DateTimeOffset? own, DateTimeOffset? refreshAt) =>
        connectionId is null ? null
        : schedule is { IsOn: true, Own: null } ? refreshAt
        : own;

    private static Task<DateTimeOffset?> RefreshAtAsync(AppDb db, CancellationToken cancellationToken) =>
        db.Set<RefreshPlan>()
            .Where(plan => plan.Id == RefreshPlan.OnlyId && plan.IsOn)
            .Select(plan => plan.NextAt)
            .SingleOrDefaultAsync(cancellationToken);
}
