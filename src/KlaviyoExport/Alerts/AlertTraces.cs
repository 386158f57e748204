using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Alerts;

/// <summary>Deletes what alerts store about a person.</summary>
internal static class AlertTraces
{
    public static async Task ForgetAsync(AppDb db, string userId, CancellationToken cancellationToken)
    {
        await db.Set<AlertNotice>().Where(notice => notice.UserId == userId).ExecuteDeleteAsync(cancellationToken);
        await db.Set<AlertPreferences>().Where(preferences => preferences.UserId == userId).ExecuteDeleteAsync(cancellationToken);
        await db.Set<OutboxMessage>().Where(message => message.UserId == userId).ExecuteDeleteAsync(cancellationToken);
    }
}
