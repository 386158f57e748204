using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Recurrences;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Scheduling;

/// <summary>
/// Schedules, starts and cancels the system refresh, which loads sources, counts segments and then runs the exports that follow it.
/// </summary>
public sealed class RefreshService
{
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly RefreshStart _start;
    private readonly RefreshSignal _signal;
    private readonly Alarm _alarm;
    private readonly Audit _audit;
    private readonly TimeProvider _clock;

    internal RefreshService(
        IDbContextFactory<AppDb> stores,
        RefreshStart start,
        RefreshSignal signal,
        Alarm alarm,
        Audit audit,
        TimeProvider clock
    ) => (_stores, _start, _signal, _alarm, _audit, _clock) = (stores, start, signal, alarm, audit, clock);

    /// <summary>
    /// Returns the plan. Before a plan is saved, it is off and daily at 02:00 UTC. Only people who may manage the system may call this.
    /// </summary>
    public async Task<RefreshPlan> GetPlanAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<RefreshPlan>().AsNoTracking().SingleOrDefaultAsync(cancellationToken)
            ?? new RefreshPlan { Recurrence = new Recurrence { Times = [new TimeOnly(2, 0)] } };
    }

    /// <summary>
    /// Saves the plan. Its <see cref="RefreshPlan.Version"/> must be the version that the person edited. Only people who may manage the
    /// system may call this.
    /// </summary>
    /// <returns>The saved plan with its next time.</returns>
    /// <exception cref="LocalizedException">The recurrence is not valid, or another person changed the plan. Nothing was saved.</exception>
    public async Task<RefreshPlan> SavePlanAsync(Actor actor, RefreshPlan plan, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        if (RecurrenceRules.FaultOfRefresh(plan.Recurrence) is { } fault)
            throw new LocalizedException(fault);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var stored = await db.Set<RefreshPlan>().SingleOrDefaultAsync(cancellationToken) ?? db.Add(new RefreshPlan()).Entity;
        if (stored.Version != plan.Version)
            throw new ChangedMeanwhileException();
        var before = ScheduleMessages.Of(stored);
        stored.IsOn = plan.IsOn;
        stored.Recurrence = plan.Recurrence;
        stored.NextAt = plan.IsOn ? plan.Recurrence.Next(_clock.GetUtcNow(), 1)[0].ToUniversalTime() : null;
        // The first save also increments the version, so that of two people who create the plan, the second one gets the conflict.
        if (db.Entry(stored).State == EntityState.Added)
            stored.Version++;
        _audit.Add(
            db,
            actor,
            plan.IsOn ? "System.RefreshPlanned" : "System.RefreshTurnedOff",
            detail: new AuditChanges().Add("Schedule", before, ScheduleMessages.Of(stored)).ToMessage()
        );
        await db.SaveAsync(cancellationToken);
        if (stored.NextAt is { } next)
            await _alarm.SetAsync(next, CancellationToken.None);
        return stored;
    }

    /// <summary>Starts a refresh, unless one is in progress. Only people who may manage the system may call this.</summary>
    /// <returns>The id of the new refresh, or of the refresh in progress.</returns>
    public async Task<int> StartAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        var begun = await _start.BeginAsync(
            actor.Name,
            null,
            (db, isNew) =>
            {
                if (isNew)
                    _audit.Add(db, actor, "System.RefreshStarted");
                return Task.FromResult(true);
            },
            cancellationToken
        );
        return begun!.Value.Id;
    }

    /// <summary>
    /// Cancels the refresh in progress: its current task, its tasks that have not started, and the runs that it started. Only people who
    /// may manage the system may call this.
    /// </summary>
    /// <exception cref="LocalizedException">No refresh is in progress.</exception>
    public async Task CancelAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var isOpen = await db.Set<Refresh>().AnyAsync(refresh => refresh.FinishedAt == null, cancellationToken);
        if (!isOpen)
            throw new LocalizedException(new LocalizedMessage("Scheduling.NoRefresh"));
        await db.Set<Refresh>()
            .Where(refresh => refresh.FinishedAt == null && refresh.CancelRequestedBy == null)
            .ExecuteUpdateAsync(set => set.SetProperty(refresh => refresh.CancelRequestedBy, actor.Name), cancellationToken);
        _audit.Add(db, actor, "System.RefreshCanceled");
        await db.SaveChangesAsync(cancellationToken);
        _signal.RequestCancel(null, actor.Name);
    }

    /// <summary>Returns the latest refreshes, newest first. Every signed-in person may read them.</summary>
    public async Task<IReadOnlyList<RefreshView>> ListAsync(int take, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var refreshes = await db.Set<Refresh>()
            .AsNoTracking()
            .OrderByDescending(refresh => refresh.Id)
            .Take(take)
            .ToListAsync(cancellationToken);
        var ids = refreshes.ConvertAll(refresh => (int?)refresh.Id);
        var counts = await db.Set<RefreshTask>()
            .Where(task => ids.Contains(task.RefreshId))
            .GroupBy(task => new { task.RefreshId, task.State })
            .Select(group => new { group.Key.RefreshId, Tasks = new TaskCount(group.Key.State, group.Count()) })
            .ToListAsync(cancellationToken);
        var of = counts.ToLookup(count => count.RefreshId, count => count.Tasks);
        return
        [
            .. refreshes.Select(refresh => new RefreshView(
                refresh.Id,
                refresh.RequestedBy,
                refresh.DueAt,
                refresh.StartedAt,
                refresh.FinishedAt,
                refresh.CancelRequestedBy,
                [.. of[refresh.Id]]
            )),
        ];
    }
}
