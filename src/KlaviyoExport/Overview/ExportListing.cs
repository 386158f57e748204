using System.Linq.Expressions;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>Builds the queries that search and sort the export list in the database.</summary>
internal static class ExportListing
{
    private static readonly RunState[] Delivered = RunStates.In(RunPhase.Delivered);

    /// <summary>Returns the exports that match the query, each with its latest run.</summary>
    public static IQueryable<Listed> Find(AppDb db, ExportQuery query)
    {
        var exports = db.Set<Export>().AsNoTracking();
        if (CaseFolding.Needle(query.Search) is { } needle)
        {
            exports = exports.Where(export =>
                CaseFolding.Lower(export.Name).Contains(needle)
                || CaseFolding.Lower(export.ListName).Contains(needle)
                || CaseFolding.Lower(export.ListId).Contains(needle)
                || CaseFolding.Lower(export.Connection!.Name).Contains(needle)
            );
        }
        if (CaseFolding.Needle(query.Name) is { } name)
            exports = exports.Where(export => CaseFolding.Lower(export.Name) == name);
        if (query.AfterId is { } after)
            exports = exports.Where(export => export.Id > after);
        return (query.State is { } state ? exports.WhereLatestRunIs(db, state) : exports).WithLatestRun(db);
    }

    /// <summary>Joins each export with its latest run. The query uses the index on an export's runs and does not scan all runs.</summary>
    public static IQueryable<Listed> WithLatestRun(this IQueryable<Export> exports, AppDb db) =>
        exports.LeftJoin(
            db.Set<Run>(),
            export => db.Set<Run>().Where(run => run.ExportId == export.Id).Max(run => (int?)run.Id),
            run => (int?)run.Id,
            (export, run) => new Listed { Export = export, Latest = run }
        );

    /// <summary>
    /// Filters exports by the state of their latest run. The subquery runs once for each export. A filter on the join of
    /// <see cref="WithLatestRun"/> would be slower: a database would then start with all runs in the state and search the exports for each
    /// of them.
    /// </summary>
    public static IQueryable<Export> WhereLatestRunIs(this IQueryable<Export> exports, AppDb db, params RunState?[] states) =>
        exports.Where(export =>
            states.Contains(
                db.Set<Run>()
                    .Where(run => run.ExportId == export.Id)
                    .OrderByDescending(run => run.Id)
                    .Select(run => (RunState?)run.State)
                    .FirstOrDefault()
            )
        );

    /// <summary>
    /// Sorts exports by the column of the query. Rows without a value come last, in either direction. Equal rows are ordered by id, and by name
    /// first when they have the same status.
    /// </summary>
    public static IQueryable<Listed> Sort(IQueryable<Listed> found, AppDb db, ExportQuery query, DateTimeOffset? refreshAt) =>
        (
            query.Sort switch
            {
                ExportColumn.Connection => By(
                    found.OrderBy(row => row.Export.Connection == null),
                    row => CaseFolding.Lower(row.Export.Connection!.Name),
                    query.Descending
                ),
                ExportColumn.List => By(found.OrderBy(row => 0), row => CaseFolding.Lower(row.Export.ListName), query.Descending),
                ExportColumn.Status => By(found.OrderBy(row => row.Latest == null), UrgencyOfLatest(), query.Descending)
                    .ThenBy(row => CaseFolding.Lower(row.Export.Name)),
                ExportColumn.Refreshed => By(
                    found.OrderBy(row => 0),
                    row =>
                        db.Set<Run>().Where(Refreshing).Where(run => run.ExportId == row.Export.Id).Max(run => run.FinishedAt)
                        ?? DateTimeOffset.MinValue,
                    query.Descending
                ),
                // In its stored form, "off" sorts before "on", and "follows the refresh" sorts before an own recurrence.
                ExportColumn.Schedule => By(found.OrderBy(row => 0), row => row.Export.Schedule, query.Descending),
                ExportColumn.NextRun => By(
                    found.OrderBy(row =>
                        row.Export.ConnectionId == null || row.Export.NextRunAt == null && !(refreshAt != null && row.Export.FollowsRefresh)
                    ),
                    row => row.Export.NextRunAt ?? (row.Export.FollowsRefresh ? refreshAt : null),
                    query.Descending
                ),
                ExportColumn.Id => By(found.OrderBy(row => 0), row => row.Export.Id, query.Descending),
                _ => By(found.OrderBy(row => 0), row => CaseFolding.Lower(row.Export.Name), query.Descending),
            }
        ).ThenBy(row => row.Export.Id);

    /// <summary>Matches runs that put profiles on their lists.</summary>
    public static readonly Expression<Func<Run, bool>> Refreshing = run => Delivered.Contains(run.State);

    /// <summary>Maps each state to its urgency, as nested conditions that a database can evaluate.</summary>
    private static Expression<Func<Listed, int>> UrgencyOfLatest()
    {
        Expression<Func<Listed, RunState>> state = row => row.Latest!.State;
        var urgency = Enum.GetValues<RunState>()
            .Aggregate(
                (Expression)Expression.Constant(int.MaxValue),
                (others, next) =>
                    Expression.Condition(
                        Expression.Equal(state.Body, Expression.Constant(next)),
                        Expression.Constant((int)next.Urgency()),
                        others
                    )
            );
        return Expression.Lambda<Func<Listed, int>>(urgency, state.Parameters);
    }

    private static IOrderedQueryable<Listed> By<T>(IOrderedQueryable<Listed> rows, Expression<Func<Listed, T>> key, bool descending) =>
        descending ? rows.ThenByDescending(key) : rows.ThenBy(key);

    internal sealed class Listed
    {
        public required Export Export { get; init; }

        public Run? Latest { get; init; }
    }
}
