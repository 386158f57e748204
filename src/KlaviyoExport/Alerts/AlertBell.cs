using KlaviyoExport.Data;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Alerts;

/// <summary>An alert in a person's bell.</summary>
public sealed record BellNotice(RaisedAlert Alert, bool IsRead);

/// <summary>The bell of the signed-in person. Alerts about what the person may no longer see are left out.</summary>
public sealed class AlertBell(IDbContextFactory<AppDb> stores, TimeProvider clock)
{
    /// <summary>Returns the number of unread alerts.</summary>
    public async Task<int> UnreadAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await Of(db, actor).CountAsync(notice => notice.ReadAt == null, cancellationToken);
    }

    /// <summary>Returns alerts, the latest first, and the number of all.</summary>
    public async Task<(IReadOnlyList<BellNotice> Notices, int Total)> ListAsync(
        Actor actor,
        int skip,
        int take,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var notices = Of(db, actor);
        return (
            await notices
                .OrderByDescending(notice => notice.AlertId)
                .Skip(skip)
                .Take(take)
                .Select(notice => new BellNotice(notice.Alert, notice.ReadAt != null))
                .ToListAsync(cancellationToken),
            await notices.CountAsync(cancellationToken)
        );
    }

    /// <summary>Marks alerts as read.</summary>
    /// <param name="alertId">The alert. Null for all of the person's.</param>
    public async Task MarkReadAsync(Actor actor, long? alertId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await db.Set<AlertNotice>()
            .Where(notice => notice.UserId == actor.Id && notice.ReadAt == null && (alertId == null || notice.AlertId == alertId))
            .ExecuteUpdateAsync(set => set.SetProperty(notice => notice.ReadAt, now), cancellationToken);
    }

    private static IQueryable<AlertNotice> Of(AppDb db, Actor actor)
    {
        var topics = AlertRights.TopicsOf(actor.Role);
        return db.Set<AlertNotice>().AsNoTracking().Where(notice => notice.UserId == actor.Id && topics.Contains(notice.Alert.Topic));
    }
}
