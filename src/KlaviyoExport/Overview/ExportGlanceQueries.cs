using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>Reads the exports of the home page. Every signed-in person may read them.</summary>
public sealed class ExportGlanceQueries(IDbContextFactory<AppDb> stores, ExportQueries exports, ProfileCap cap, TimeProvider clock)
{
    private static readonly RunState[] Delivered = RunStates.In(RunPhase.Delivered);

    /// <summary>Returns the first exports, with one query for each kind of fact and none for each export.</summary>
    /// <param name="actor">The person who reads them.</param>
    /// <param name="take">The maximum number of exports, from 1 to <see cref="ExportQuery.LargestPage"/>.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<ExportGlances> ListAsync(Actor actor, int take, CancellationToken cancellationToken)
    {
        var page = await exports.PageAsync(actor, new ExportQuery { Sort = ExportColumn.Status, PageSize = take }, cancellationToken);
        if (page.Rows.Count == 0)
            return new ExportGlances([], page.Total);
        var ids = page.Rows.Select(row => row.Id).ToList();
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var days = await DaysAsync(db, ids, cancellationToken);
        var uses = await UsesAsync(db, ids, cancellationToken);
        var latest = await LatestReadAsync(db, ids, cancellationToken);
        // An export that was removed meanwhile is left out.
        return new ExportGlances(
            [
                .. page
                    .Rows.Where(row => uses.ContainsKey(row.Id))
                    .Select(row => new ExportGlance(
                        row,
                        days(row.Id),
                        uses[row.Id].Data,
                        latest.GetValueOrDefault(row.Id) is { } run ? new CapUse(run.Id, run.Deliverable, uses[row.Id].Limit) : null
                    )),
            ],
            page.Total
        );
    }

    private async Task<Func<int, IReadOnlyList<ExportDay>>> DaysAsync(AppDb db, List<int> ids, CancellationToken cancellationToken)
    {
        var week = Week.Until(clock.GetUtcNow());
        var totals = await week.Of(db.Set<Run>().Where(run => ids.Contains(run.ExportId)))
            .GroupBy(run => new { run.ExportId, run.Day })
            .Select(day => new
            {
                day.Key.ExportId,
                day.Key.Day,
                Delivered = day.Sum(run => run.Accepted),
                Runs = day.Count(),
                Warnings = day.Sum(run => run.State == RunState.CompletedWithWarnings ? 1 : 0),
                Failed = day.Sum(run => run.State == RunState.FailedPermanent ? 1 : 0),
            })
            .ToDictionaryAsync(day => (day.ExportId, day.Day), cancellationToken);
        return id =>
            [
                .. week.Days.Select(
                    (day, index) =>
                        totals.TryGetValue((id, index), out var total)
                            ? new ExportDay(day, total.Delivered, total.Runs, total.Warnings, total.Failed)
                            : new ExportDay(day, 0, 0, 0, 0)
                ),
            ];
    }

    private async Task<Dictionary<int, (Freshness Data, ProfileLimit Limit)>> UsesAsync(
        AppDb db,
        List<int> ids,
        CancellationToken cancellationToken
    )
    {
        var uses = await db.Set<Export>()
            .Where(export => ids.Contains(export.Id))
            .Select(export => new
            {
                export.Id,
                Data = new Freshness(
                    export.Source!.Name,
                    export.Source.DataChangedAt,
                    export.Source.ChangedAtColumn,
                    export.Source.MaxAgeHours,
                    export.Source.StopsWhenOld
                ),
                export.Connection!.MaxProfilesPerExport,
                Connection = export.Connection.Name,
            })
            .ToListAsync(cancellationToken);
        return uses.ToDictionary(use => use.Id, use => (use.Data, cap.Of(use.MaxProfilesPerExport, use.Connection)));
    }

    /// <summary>Returns the latest run of each export that ended and has read all its members. By the ID of the export.</summary>
    private static async Task<Dictionary<int, ReadRun>> LatestReadAsync(AppDb db, List<int> ids, CancellationToken cancellationToken)
    {
        var latest = db.Set<Export>()
            .Where(export => ids.Contains(export.Id))
            .Select(export =>
                db.Set<Run>()
                    .Where(run =>
                        run.ExportId == export.Id
                        && run.FinishedAt != null
                        && run.RetriesRunId == null
                        && run.UndoesRunId == null
                        && (Delivered.Contains(run.State) || run.SourceReading != null)
                    )
                    .Max(run => (int?)run.Id)
            );
        return await db.Set<Run>()
            .Where(run => latest.Contains(run.Id))
            .Select(run => new ReadRun(run.Id, run.ExportId, run.Ledger.Prepared + run.Ledger.Unchanged))
            .ToDictionaryAsync(run => run.ExportId, cancellationToken);
    }

    private sealed record ReadRun(int Id, int ExportId, long Deliverable);
}
