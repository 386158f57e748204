using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Connections;

/// <summary>Takes a connection out of the store, together with what its exports remember of people.</summary>
internal sealed class ConnectionRemoval(IDbContextFactory<AppDb> stores, ConnectionCredentials credentials, Audit audit)
{
    public async Task<IReadOnlyList<ExportInUse>> ExportsOfAsync(int id, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await ConnectionService.FindAsync(db, id, cancel);
        return await InUseAsync(db, id, cancel);
    }

    public async Task<Notice?> RemoveAsync(Actor actor, int id, IReadOnlyDictionary<int, ExportFate> fates, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        await using var transaction = await db.BeginAloneAsync(cancel);
        var connection = await ConnectionService.FindAsync(db, id, cancel);
        var exports = await InUseAsync(db, id, cancel);
        if (exports.FirstOrDefault(export => export.IsRunning) is { } running)
            throw new NoticeException(new Notice("Exports.IsRunning", running.Name));
        if (exports.Where(export => !fates.ContainsKey(export.Id)).Select(export => export.Name).ToList() is { Count: > 0 } undecided)
            throw new NoticeException(new Notice("Connections.InUse", string.Join(", ", undecided)));

        foreach (var export in exports)
            await FulfilAsync(db, actor, export, fates[export.Id], cancel);
        if (!await db.Connections.AnyAsync(other => other.AccountId == connection.AccountId && other.Id != id, cancel))
            await ExportTraces.EraseOfAccountAsync(db, connection.AccountId, cancel);
        db.Connections.Remove(connection);
        audit.Add(db, actor, "Connections.Removed", connection.Name, id);
        await db.SaveAsync(cancel);
        await transaction.CommitAsync(cancel);
        // The grant is out of the store, whatever Klaviyo says now.
        return connection.Grant is null || await credentials.RevokeAsync(connection.Grant, CancellationToken.None) ? null : new Notice("Connections.NotRevoked", connection.Name, connection.AccountName);
    }

    private async Task FulfilAsync(AppDb db, Actor actor, ExportInUse export, ExportFate fate, CancellationToken cancel)
    {
        if (fate == ExportFate.Remove)
            await db.Exports.Where(stored => stored.Id == export.Id).ExecuteDeleteAsync(cancel);
        else
            await ExportTraces.DetachAsync(db, export.Id, cancel);
        audit.Add(db, actor, fate == ExportFate.Remove ? "Exports.Removed" : "Exports.Detached", export.Name, export.Id);
    }

    private static async Task<IReadOnlyList<ExportInUse>> InUseAsync(AppDb db, int id, CancellationToken cancel) =>
        await db.Exports.Where(export => export.ConnectionId == id).OrderBy(export => export.Name)
            .Select(export => new ExportInUse(export.Id, export.Name, db.Runs.Where(run => run.ActiveExportId == export.Id).Select(run => (int?)run.Id).FirstOrDefault())).ToListAsync(cancel);
}
