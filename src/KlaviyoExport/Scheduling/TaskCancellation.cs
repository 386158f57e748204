using KlaviyoExport.Data;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Scheduling;

/// <summary>Cancels the run of an export, or a single task of the refresh in progress.</summary>
public sealed class TaskCancellation
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly RunService _runs;
    private readonly RefreshTasks _tasks;
    private readonly RefreshSignal _signal;
    private readonly Audit _audit;

    internal TaskCancellation(IDbContextFactory<AppDb> stores, RunService runs, RefreshTasks tasks, RefreshSignal signal, Audit audit) =>
        (_stores, _runs, _tasks, _signal, _audit) = (stores, runs, tasks, signal, audit);

    /// <summary>
    /// Cancels the run of an export. When it has no run in progress, or for a source or segment, cancels its task in the refresh in
    /// progress. Exports need the permission <see cref="RunExports"/>, other tasks <see cref="ManageSystem"/>.
    /// </summary>
    /// <exception cref="LocalizedException">There is nothing to cancel.</exception>
    public async Task CancelAsync(Actor actor, RefreshTaskKind kind, int id, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        if (
            kind == RefreshTaskKind.Export
            && await db.Set<Run>()
                .Where(run => run.ActiveExportId == id)
                .Select(run => (int?)run.Id)
                .SingleOrDefaultAsync(cancellationToken)
                is { } runId
        )
        {
            await _runs.CancelAsync(actor, runId, cancellationToken);
            return;
        }
        await DemandAsync(db, actor, kind, id, cancellationToken);
        var task =
            await RefreshTasks.InOpenRefresh(db).SingleOrDefaultAsync(task => task.Kind == kind && task.SubjectId == id, cancellationToken)
            ?? throw new LocalizedException(new LocalizedMessage("Scheduling.NothingToCancel"));
        _audit.Add(db, actor, "System.TaskCanceled", task.Name);
        await db.SaveChangesAsync(cancellationToken);
        if (await _tasks.CancelWaitingAsync(task.Id, actor.Name, cancellationToken))
            return;
        await _tasks.RequestCancelAsync(task.Id, actor.Name, cancellationToken);
        _signal.RequestCancel(task.Id, actor.Name);
    }

    private static async Task DemandAsync(AppDb db, Actor actor, RefreshTaskKind kind, int id, CancellationToken cancellationToken)
    {
        if (kind != RefreshTaskKind.Export)
        {
            ManageSystem.Rule.Demand(actor);
            return;
        }
        var export = await db.Set<Export>()
            .AsNoTracking()
            .Include(export => export.Connection!.Shares)
            .SingleOrDefaultAsync(export => export.Id == id, cancellationToken);
        RunExports.Rule.Demand(actor, export?.Connection?.IsSharedWith(actor.Id) ?? false);
    }
}
