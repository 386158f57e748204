using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>Reads the last refresh with its tasks, for administrators.</summary>
internal sealed class RefreshReport(RefreshService refreshes, IDbContextFactory<AppDb> stores)
{
    /// <returns>The last refresh. Null when there was none yet.</returns>
    public async Task<LastRefresh?> ReadAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageSystem.Rule.Demand(actor);
        if (await refreshes.ListAsync(1, cancellationToken) is not [var last])
            return null;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var tasks = await db.Set<RefreshTask>()
            .AsNoTracking()
            .Where(task => task.RefreshId == last.Id)
            .OrderBy(task => task.Id)
            .ToListAsync(cancellationToken);
        // Sorted here, because the store has the kinds as names and would sort them alphabetically.
        return new LastRefresh(last, [.. tasks.OrderBy(task => task.Kind)]);
    }
}

/// <summary>A refresh with its tasks.</summary>
/// <param name="Refresh">The refresh.</param>
/// <param name="Tasks">The tasks in the order of execution: sources, segments, exports.</param>
public sealed record LastRefresh(RefreshView Refresh, IReadOnlyList<RefreshTask> Tasks)
{
    public bool IsOpen => Refresh.FinishedAt is null;
}
