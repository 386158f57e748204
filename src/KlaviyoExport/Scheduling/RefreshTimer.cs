using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

/// <summary>Begins the system refresh at the times of its plan.</summary>
internal sealed class RefreshTimer(IDbContextFactory<AppDb> stores, RefreshStart start, TimeProvider clock, ILogger<RefreshTimer> logger)
{
    /// <summary>At start: a refresh missed while the product was down is made up for at once. Exports that follow it learn that they missed it, for some are then to be left out.</summary>
    public async Task CatchUpAsync(CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        if (await PlanAsync(db, cancel) is not { NextAt: { } due } || due > clock.GetUtcNow())
            return;
        Log.RefreshMissed(logger, due);
        await db.Set<Export>().Where(export => export.ConnectionId != null && export.FollowsRefresh)
            .ExecuteUpdateAsync(set => set.SetProperty(export => export.MissedAt, due), cancel);
        await LookAsync(cancel);
    }

    /// <summary>Begins the refresh when it is due.</summary>
    /// <returns>When it is due next; null when it is off.</returns>
    public async Task<DateTimeOffset?> LookAsync(CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        if (await PlanAsync(db, cancel) is not { } plan)
            return null;
        if (plan.NextAt is { } due && due > clock.GetUtcNow())
            return due;
        var next = NextOf(plan);
        if (plan.NextAt is not { } passed)
            await TakeAsync(db, plan, next, cancel);
        else if (await start.BeginAsync("Schedule", passed, async (transaction, _) => await TakeAsync(transaction, plan, next, cancel), cancel) is { IsNew: false })
            Log.RefreshSkippedBusy(logger, passed);
        return next;
    }

    private DateTimeOffset? NextOf(RefreshPlan plan)
    {
        try
        {
            return plan.Recurrence.Next(clock.GetUtcNow(), 1)[0].ToUniversalTime();
        }
        catch (NoticeException fault)
        {
            Log.PlanUnusable(logger, fault.Notice.Code);
            return null;
        }
    }

    private static async Task<RefreshPlan?> PlanAsync(AppDb db, CancellationToken cancel) =>
        await db.Set<RefreshPlan>().AsNoTracking().SingleOrDefaultAsync(plan => plan.IsOn, cancel);

    private static async Task<bool> TakeAsync(AppDb db, RefreshPlan plan, DateTimeOffset? next, CancellationToken cancel) =>
        await db.Set<RefreshPlan>().Where(stored => stored.Version == plan.Version && stored.NextAt == plan.NextAt)
            .ExecuteUpdateAsync(set => set.SetProperty(stored => stored.NextAt, next), cancel) == 1;
}
