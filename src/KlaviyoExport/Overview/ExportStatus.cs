using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

internal static class ExportStatus
{
    public static async Task<IEnumerable<StatusRow>> ListAsync(
        AppDb db,
        Actor actor,
        DateTimeOffset? nextRefresh,
        CancellationToken cancellationToken
    )
    {
        var exports = await db.Set<Export>()
            .OrderBy(export => export.Name)
            .Select(export => new Facts(export.Id, export.Name, export.ConnectionId, export.Schedule, export.NextRunAt, export.MissedAt))
            .ToListAsync(cancellationToken);
        var connections = await db.Set<Connection>()
            .AsNoTracking()
            .Include(connection => connection.Shares)
            .ToDictionaryAsync(connection => connection.Id, cancellationToken);
        var runs = await LatestAsync(db, exports, cancellationToken);
        var tasks = await LastRefreshAsync(db, cancellationToken);
        return exports.Select(export =>
        {
            var shared = export.ConnectionId is { } id && connections[id].IsSharedWith(actor.Id);
            return Row(
                export,
                runs.GetValueOrDefault(export.Id),
                tasks.GetValueOrDefault(export.Id),
                nextRefresh,
                RunExports.Rule.Allows(actor, shared)
            );
        });
    }

    public static async Task<IReadOnlyList<StatusPoint>> HistoryAsync(AppDb db, int exportId, int take, CancellationToken cancellationToken)
    {
        var runs = await Read(db.Set<Run>().Where(run => run.ExportId == exportId).OrderByDescending(run => run.Id).Take(take))
            .ToListAsync(cancellationToken);
        return
        [
            .. runs.OrderByDescending(run => run.Id)
                .Select(run => new StatusPoint(
                    run.StartedAt ?? run.QueuedAt,
                    StatusTexts.Of(run.State),
                    run.FinishedAt - run.StartedAt,
                    run.Accepted,
                    run.Outcome,
                    run.Id,
                    run.Trigger
                )),
        ];
    }

    private static StatusRow Row(Facts export, RunFacts? run, RefreshTask? task, DateTimeOffset? nextRefresh, bool mayRun)
    {
        var row = new StatusRow
        {
            Kind = RefreshTaskKind.Export,
            Id = export.Id,
            Name = export.Name,
            Status = StatusText.NotStarted,
            FollowsRefresh = export.Schedule.FollowsRefresh,
            NextRunAt = NextOf(export, nextRefresh),
            MissedAt = export.ConnectionId is null ? null : export.MissedAt,
            MayRun = mayRun && export.ConnectionId is not null,
            Detail = export.ConnectionId is null ? new LocalizedMessage("Delivery.NoConnection") : null,
        };
        if (run is not null)
        {
            row = row with
            {
                Status = StatusTexts.Of(run.State),
                LastRunAt = run.FinishedAt ?? run.StartedAt ?? run.QueuedAt,
                Duration = run.FinishedAt - run.StartedAt,
                Done = run.IsFinal ? null : run.Done,
                Total = run.IsFinal ? null : run.Total,
                Count = run.IsFinal ? run.Accepted : null,
                Detail = run.Outcome ?? row.Detail,
                RunId = run.Id,
                MayCancel = mayRun && !run.IsFinal,
            };
        }
        // A task without a run is shown only for an export that follows the refresh, and only when no run is in progress or newer than the
        // task.
        if (
            task is not { RunId: null }
            || !export.Schedule.FollowsRefresh
            || run is { IsFinal: false }
            || run?.FinishedAt > task.FinishedAt
        )
            return row;
        return row with
        {
            Status = StatusTexts.Of(task.State),
            Detail = task.Outcome,
            LastRunAt = task.FinishedAt ?? row.LastRunAt,
            RunId = null,
            MayCancel = mayRun && task.FinishedAt is null,
        };
    }

    private static DateTimeOffset? NextOf(Facts export, DateTimeOffset? nextRefresh) =>
        export.ConnectionId is null || !export.Schedule.IsOn ? null
        : export.Schedule.Own is null ? nextRefresh
        : export.NextRunAt;

    private static async Task<Dictionary<int, RunFacts>> LatestAsync(AppDb db, List<Facts> exports, CancellationToken cancellationToken)
    {
        var runs = await LatestOfAsync(db, db.Set<Run>(), cancellationToken);
        // A refresh does not skip an export that has its own schedule. Ignore such skipped runs, which date from when it followed the
        // refresh.
        var misled = exports
            .Where(export =>
                export.Schedule.Own is not null
                && runs.GetValueOrDefault(export.Id) is { State: RunState.Skipped, Trigger: RunTrigger.Refresh }
            )
            .Select(export => export.Id)
            .ToList();
        if (misled.Count == 0)
            return runs;
        var own = await LatestOfAsync(
            db,
            db.Set<Run>()
                .Where(run => misled.Contains(run.ExportId) && !(run.State == RunState.Skipped && run.Trigger == RunTrigger.Refresh)),
            cancellationToken
        );
        foreach (var id in misled.Where(id => !own.TryGetValue(id, out _)))
            runs.Remove(id);
        foreach (var (id, run) in own)
            runs[id] = run;
        return runs;
    }

    private static async Task<Dictionary<int, RunFacts>> LatestOfAsync(AppDb db, IQueryable<Run> runs, CancellationToken cancellationToken)
    {
        var latest = runs.GroupBy(run => run.ExportId).Select(group => group.Max(run => run.Id));
        return await Read(db.Set<Run>().Where(run => latest.Contains(run.Id))).ToDictionaryAsync(run => run.ExportId, cancellationToken);
    }

    /// <summary>Returns the export tasks of the latest refresh, by export id.</summary>
    private static async Task<Dictionary<int, RefreshTask>> LastRefreshAsync(AppDb db, CancellationToken cancellationToken)
    {
        var last = await db.Set<Refresh>().MaxAsync(refresh => (int?)refresh.Id, cancellationToken);
        return await db.Set<RefreshTask>()
            .AsNoTracking()
            .Where(task => task.RefreshId == last && task.Kind == RefreshTaskKind.Export)
            .ToDictionaryAsync(task => task.SubjectId, cancellationToken);
    }

    private static IQueryable<RunFacts> Read(IQueryable<Run> runs) =>
        runs.Select(run => new RunFacts(
            run.Id,
            run.ExportId,
            run.State,
            run.Trigger,
            run.QueuedAt,
            run.StartedAt,
            run.FinishedAt,
            run.Done,
            run.Total,
            run.Ledger.Accepted,
            run.Outcome
        ));

    private sealed record Facts(
        int Id,
        string Name,
        int? ConnectionId,
        ExportSchedule Schedule,
        DateTimeOffset? NextRunAt,
        DateTimeOffset? MissedAt
    );

    private sealed record RunFacts(
        int Id,
        int ExportId,
        RunState State,
        RunTrigger Trigger,
        DateTimeOffset QueuedAt,
        DateTimeOffset? StartedAt,
        DateTimeOffset? FinishedAt,
        long Done,
        long? Total,
        long Accepted,
        LocalizedMessage? Outcome
    )
    {
        public bool IsFinal => State.IsFinal();
    }
}
