using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Keeps when a connection last worked and what last went wrong with it: with the connection, not with what somebody does over it.</summary>
public sealed class ConnectionHealth(IDbContextFactory<AppDb> stores, TimeProvider clock)
{
    public async Task WorkedAsync(int connectionId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await db.Set<Connection>().Where(connection => connection.Id == connectionId).ExecuteUpdateAsync(
            set => set.SetProperty(connection => connection.LastSuccessAt, clock.GetUtcNow()).SetProperty(connection => connection.LastError, (Notice?)null)
                .SetProperty(connection => connection.LacksExportUser, false), cancel);
    }

    public Task FailedAsync(int connectionId, Notice why, CancellationToken cancel) => FailedAsync(connectionId, why, lacksExportUser: false, cancel);

    internal async Task FailedAsync(int connectionId, Notice why, bool lacksExportUser, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await db.Set<Connection>().Where(connection => connection.Id == connectionId)
            .ExecuteUpdateAsync(set => set.SetProperty(connection => connection.LastError, why).SetProperty(connection => connection.LacksExportUser, lacksExportUser), cancel);
    }
}
