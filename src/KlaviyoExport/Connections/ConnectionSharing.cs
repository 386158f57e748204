using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>With whom connections are shared by name.</summary>
internal static class ConnectionSharing
{
    /// <summary>A person was removed: nothing is shared with them any more.</summary>
    public static Task ForgetAsync(AppDb db, string userId, CancellationToken cancellationToken) =>
        db.Set<ConnectionShare>().Where(share => share.UserId == userId).ExecuteDeleteAsync(cancellationToken);
}
