using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Stores when a connection last worked and its last error. Only faults of the connection itself count.</summary>
public sealed class ConnectionHealth(IDbContextFactory<AppDb> stores, TimeProvider clock)
{
    public async Task WorkedAsync(int connectionId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<Connection>()
            .Where(connection => connection.Id == connectionId)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(connection => connection.LastSuccessAt, clock.GetUtcNow())
                        .SetProperty(connection => connection.LastError, (LocalizedMessage?)null)
                        .SetProperty(connection => connection.LacksExportUser, false),
                cancellationToken
            );
    }

    public Task FailedAsync(int connectionId, LocalizedMessage why, CancellationToken cancellationToken) =>
        FailedAsync(connectionId, why, ConnectionErrorKind.Lasting, lacksExportUser: false, cancellationToken);

    internal async Task FailedAsync(
        int connectionId,
        LocalizedMessage why,
        ConnectionErrorKind kind,
        bool lacksExportUser,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<Connection>()
            .Where(connection => connection.Id == connectionId)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(connection => connection.LastError, why)
                        .SetProperty(connection => connection.ErrorKind, kind)
                        .SetProperty(connection => connection.LacksExportUser, lacksExportUser),
                cancellationToken
            );
    }
}
