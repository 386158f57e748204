using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>The last refresh, task by task, for administrators.</summary>
internal sealed class RefreshReport(RefreshService refreshes, IDbContextFactory<AppDb> stores)
{
    /// <returns>Null when there was none yet.</returns>
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
        // Not by the store, which knows the kinds by name.
        return new LastRefresh(last, [.. tasks.OrderBy(task => task.Kind)]);
    }
}

/// <param name="Tasks">Sources, segments, exports, in the order in which they are done.</param>
public sealed record LastRefresh(RefreshView Refresh, IReadOnlyList<RefreshTask> Tasks)
{
    public bool IsOpen => Refresh.FinishedAt is null;
}
