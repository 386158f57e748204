using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Keeps when a connection last worked and what last went wrong with it: with the connection, not with what somebody does over it.</summary>
public sealed class ConnectionHealth(IDbContextFactory<AppDb> stores, TimeProvider clock)
{
    public async Task WorkedAsync(int connectionId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await db.Connections.Where(connection => connection.Id == connectionId).ExecuteUpdateAsync(
            set => set.SetProperty(connection => connection.LastSuccessAt, clock.GetUtcNow()).SetProperty(connection => connection.LastError, (Notice?)null), cancel);
    }

    public async Task FailedAsync(int connectionId, Notice why, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await db.Connections.Where(connection => connection.Id == connectionId)
            .ExecuteUpdateAsync(set => set.SetProperty(connection => connection.LastError, why), cancel);
    }

    /// <summary>The connection of an export failed it.</summary>
    public async Task ExportFailedAsync(int exportId, Notice why, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        if (await db.Exports.Where(export => export.Id == exportId).Select(export => export.ConnectionId).SingleOrDefaultAsync(cancel) is { } connectionId)
            await FailedAsync(connectionId, why, cancel);
    }
}
