using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Recurrences;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Scheduling;

/// <summary>The system refresh as administrators plan, start and stop it: sources are loaded, segments counted, then the exports that follow it run.</summary>
public sealed class RefreshService
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly RefreshStart _start;
    private readonly RefreshSignal _signal;
    private readonly Alarm _alarm;
    private readonly Audit _audit;
    private readonly TimeProvider _clock;

    internal RefreshService(IDbContextFactory<AppDb> stores, RefreshStart start, RefreshSignal signal, Alarm alarm, Audit audit, TimeProvider clock) =>
        (_stores, _start, _signal, _alarm, _audit, _clock) = (stores, start, signal, alarm, audit, clock);

    /// <summary>The plan; off and daily at 02:00 UTC while nobody has made one.</summary>
    public async Task<RefreshPlan> GetPlanAsync(Actor actor, CancellationToken cancel)
    {
        ManageSystem.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancel);
        return await db.Set<RefreshPlan>().AsNoTracking().SingleOrDefaultAsync(cancel) ?? new RefreshPlan { Recurrence = new Recurrence { Times = [new TimeOnly(2, 0)] } };
    }

    /// <summary>Saves the plan a person has changed; its <see cref="RefreshPlan.Version"/> is the one they saw.</summary>
    /// <returns>The plan with its next time.</returns>
    /// <exception cref="NoticeException">It has a fault, or somebody else changed it meanwhile; nothing was saved.</exception>
    public async Task<RefreshPlan> SavePlanAsync(Actor actor, RefreshPlan plan, CancellationToken cancel)
    {
        ManageSystem.Rule.Demand(actor);
        if (RecurrenceRules.FaultOfRefresh(plan.Recurrence) is { } fault)
            throw new NoticeException(fault);
        await using var db = await _stores.CreateDbContextAsync(cancel);
        var stored = await db.Set<RefreshPlan>().SingleOrDefaultAsync(cancel) ?? db.Add(new RefreshPlan()).Entity;
        if (stored.Version != plan.Version)
            throw new ChangedMeanwhileException();
        stored.IsOn = plan.IsOn;
        stored.Recurrence = plan.Recurrence;
        stored.NextAt = plan.IsOn ? plan.Recurrence.Next(_clock.GetUtcNow(), 1)[0].ToUniversalTime() : null;
        // Also the first save counts as a change, so that of two first editors the second is told.
        if (db.Entry(stored).State == EntityState.Added)
            stored.Version++;
        _audit.Add(db, actor, plan.IsOn ? "System.RefreshPlanned" : "System.RefreshTurnedOff");
        await db.SaveAsync(cancel);
        if (stored.NextAt is { } next)
            await _alarm.SetAsync(next, CancellationToken.None);
        return stored;
    }

    /// <summary>Refreshes now, or finds the refresh under way: there is one at a time.</summary>
    /// <returns>Its id.</returns>
    public async Task<int> StartAsync(Actor actor, CancellationToken cancel)
    {
        ManageSystem.Rule.Demand(actor);
        var begun = await _start.BeginAsync(actor.Name, null, (db, isNew) =>
        {
            if (isNew)
                _audit.Add(db, actor, "System.RefreshStarted");
            return Task.FromResult(true);
        }, cancel);
        return begun!.Value.Id;
    }

    /// <summary>Stops the refresh under way: what it loads or counts at the moment, what has not begun, and the runs it started.</summary>
    /// <exception cref="NoticeException">None is under way.</exception>
    public async Task CancelAsync(Actor actor, CancellationToken cancel)
    {
        ManageSystem.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancel);
        var isOpen = await db.Set<Refresh>().AnyAsync(refresh => refresh.FinishedAt == null, cancel);
        if (!isOpen)
            throw new NoticeException(new Notice("Scheduling.NoRefresh"));
        await db.Set<Refresh>().Where(refresh => refresh.FinishedAt == null && refresh.CancelRequestedBy == null)
            .ExecuteUpdateAsync(set => set.SetProperty(refresh => refresh.CancelRequestedBy, actor.Name), cancel);
        _audit.Add(db, actor, "System.RefreshCanceled");
        await db.SaveChangesAsync(cancel);
        _signal.RequestCancel(null, actor.Name);
    }

    /// <summary>The latest refreshes, newest first.</summary>
    public async Task<IReadOnlyList<RefreshView>> ListAsync(int take, CancellationToken cancel)
    {
        await using var db = await _stores.CreateDbContextAsync(cancel);
        var refreshes = await db.Set<Refresh>().AsNoTracking().OrderByDescending(refresh => refresh.Id).Take(take).ToListAsync(cancel);
        var ids = refreshes.ConvertAll(refresh => (int?)refresh.Id);
        var counts = await db.Set<RefreshTask>().Where(task => ids.Contains(task.RefreshId)).GroupBy(task => new { task.RefreshId, task.State })
            .Select(group => new { group.Key.RefreshId, Tasks = new TaskCount(group.Key.State, group.Count()) }).ToListAsync(cancel);
        var of = counts.ToLookup(count => count.RefreshId, count => count.Tasks);
        return [.. refreshes.Select(refresh => new RefreshView(
            refresh.Id, refresh.RequestedBy, refresh.DueAt, refresh.StartedAt, refresh.FinishedAt, refresh.CancelRequestedBy, [.. of[refresh.Id]]))];
    }
}
