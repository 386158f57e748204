using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Recurrences;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

/// <summary>Starts the system refresh at the times of its plan.</summary>
internal sealed class RefreshTimer(IDbContextFactory<AppDb> stores, RefreshStart start, TimeProvider clock, ILogger<RefreshTimer> logger)
{
    /// <summary>
    /// Runs at start. Starts a refresh that was missed while the product was down. Sets <see cref="Export.MissedAt"/> of the exports that
    /// follow it, because some of them skip missed times.
    /// </summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (await PlanAsync(db, cancellationToken) is not { NextAt: { } due } || due > clock.GetUtcNow())
            return;
        Log.RefreshMissed(logger, due);
        await db.Set<Export>()
            .Where(export => export.ConnectionId != null && export.FollowsRefresh)
            .ExecuteUpdateAsync(
                set => set.SetProperty(export => export.MissedAt, due).SetProperty(export => export.LastMissedAt, due),
                cancellationToken
            );
        await LookAsync(cancellationToken);
    }

    /// <summary>Starts the refresh when it is due.</summary>
    /// <returns>The next time. Null when the plan is off or cannot be used.</returns>
    public async Task<DateTimeOffset?> LookAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        if (await PlanAsync(db, cancellationToken) is not { } plan)
            return null;
        if (plan.NextAt is { } due && due > clock.GetUtcNow())
            return due;
        var next = NextOf(plan);
        if (plan.NextAt is not { } passed)
            await TakeAsync(db, plan, next, cancellationToken);
        else if (
            await start.BeginAsync(
                "Schedule",
                passed,
                async (transaction, _) => await TakeAsync(transaction, plan, next, cancellationToken),
                cancellationToken
            ) is
            { IsNew: false }
        )
            Log.RefreshSkippedBusy(logger, passed);
        return next;
    }

    private DateTimeOffset? NextOf(RefreshPlan plan)
    {
        try
        {
            return plan.Recurrence.Next(clock.GetUtcNow(), 1)[0].ToUniversalTime();
        }
        catch (LocalizedException fault)
        {
            Log.PlanUnusable(logger, fault.LocalizedMessage.Code);
            return null;
        }
    }

    private static async Task<RefreshPlan?> PlanAsync(AppDb db, CancellationToken cancellationToken) =>
        await db.Set<RefreshPlan>().AsNoTracking().SingleOrDefaultAsync(plan => plan.IsOn, cancellationToken);

    private static async Task<bool> TakeAsync(AppDb db, RefreshPlan plan, DateTimeOffset? next, CancellationToken cancellationToken) =>
        await db.Set<RefreshPlan>()
            .Where(stored => stored.Version == plan.Version && stored.NextAt == plan.NextAt)
            .ExecuteUpdateAsync(set => set.SetProperty(stored => stored.NextAt, next), cancellationToken) == 1;
}
