using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Scheduling;

/// <summary>What System &gt; Status shows: every source, segment and export with where it stands, what happened last and what comes next. Everybody may look.</summary>
public sealed class StatusService
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly RunService _runs;
    private readonly RefreshTasks _tasks;
    private readonly RefreshSignal _signal;
    private readonly Audit _audit;

    internal StatusService(IDbContextFactory<AppDb> stores, RunService runs, RefreshTasks tasks, RefreshSignal signal, Audit audit) =>
        (_stores, _runs, _tasks, _signal, _audit) = (stores, runs, tasks, signal, audit);

    /// <summary>All tasks: sources, segments, exports, each by name.</summary>
    public async Task<IReadOnlyList<StatusRow>> ListAsync(Actor actor, CancellationToken cancel)
    {
        await using var db = await _stores.CreateDbContextAsync(cancel);
        var plan = await db.RefreshPlans.AsNoTracking().SingleOrDefaultAsync(plan => plan.IsOn, cancel);
        return
        [
            .. await SourceStatus.ListAsync(db, actor, plan?.NextAt, cancel),
            .. await SegmentStatus.ListAsync(db, actor, plan?.NextAt, cancel),
            .. await ExportStatus.ListAsync(db, actor, plan?.NextAt, cancel),
        ];
    }

    /// <summary>The last times of one of them, newest first.</summary>
    public async Task<IReadOnlyList<StatusPoint>> HistoryAsync(Actor actor, RefreshTaskKind kind, int id, int take, CancellationToken cancel)
    {
        await using var db = await _stores.CreateDbContextAsync(cancel);
        return kind == RefreshTaskKind.Export ? await ExportStatus.HistoryAsync(db, id, take, cancel) : await RefreshStatus.HistoryAsync(db, actor, kind, id, take, cancel);
    }

    /// <summary>Cancels what is under way or waits: the run of an export, or its place in the system refresh; the load of a source or the count of a segment there.</summary>
    /// <exception cref="NoticeException">Nothing is under way.</exception>
    public async Task CancelAsync(Actor actor, RefreshTaskKind kind, int id, CancellationToken cancel)
    {
        await using var db = await _stores.CreateDbContextAsync(cancel);
        if (kind == RefreshTaskKind.Export && await db.Runs.Where(run => run.ActiveExportId == id).Select(run => (int?)run.Id).SingleOrDefaultAsync(cancel) is { } runId)
        {
            await _runs.CancelAsync(actor, runId, cancel);
            return;
        }
        await DemandAsync(db, actor, kind, id, cancel);
        var task = await RefreshStatus.InOpenRefresh(db).SingleOrDefaultAsync(task => task.Kind == kind && task.SubjectId == id, cancel)
            ?? throw new NoticeException(new Notice("Scheduling.NothingToCancel"));
        _audit.Add(db, actor, "System.TaskCanceled", task.Name, id);
        await db.SaveChangesAsync(cancel);
        if (await _tasks.CancelWaitingAsync(task.Id, actor.Name, cancel))
            return;
        await _tasks.RequestCancelAsync(task.Id, actor.Name, cancel);
        _signal.RequestCancel(task.Id, actor.Name);
    }

    private static async Task DemandAsync(AppDb db, Actor actor, RefreshTaskKind kind, int id, CancellationToken cancel)
    {
        if (kind != RefreshTaskKind.Export)
        {
            ManageSystem.Rule.Demand(actor);
            return;
        }
        var export = await db.Exports.AsNoTracking().Include(export => export.Connection!.Shares).SingleOrDefaultAsync(export => export.Id == id, cancel);
        RunExports.Rule.Demand(actor, export?.Connection?.IsSharedWith(actor.Id) ?? false);
    }
}
