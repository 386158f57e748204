using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Maintains the people with whom connections are shared individually.</summary>
internal static class ConnectionSharing
{
    /// <summary>Removes a deleted person from all connections.</summary>
    public static Task ForgetAsync(AppDb db, string userId, CancellationToken cancellationToken) =>
        db.Set<ConnectionShare>().Where(share => share.UserId == userId).ExecuteDeleteAsync(cancellationToken);
}
