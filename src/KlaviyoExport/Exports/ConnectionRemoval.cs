using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>Takes a connection out of the store, together with what its exports remember of people.</summary>
public sealed class ConnectionRemoval(IDbContextFactory<AppDb> stores, ConnectionCredentials credentials, ExportTraces traces, Audit audit)
{
    /// <summary>The exports that use the connection, by name.</summary>
    /// <exception cref="NoticeException">There is no such connection.</exception>
    public async Task<IReadOnlyList<ExportInUse>> ExportsOfAsync(Actor actor, int id, CancellationToken cancel)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancel);
        await ConnectionService.FindAsync(db, id, cancel);
        return await InUseAsync(db, id, cancel);
    }

    /// <summary>Removes the connection with its key and tokens, and its exports as the fates say: all of it or nothing.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="id">The connection.</param>
    /// <param name="fates">One for each export that uses the connection.</param>
    /// <param name="cancel">Leaves everything as it was.</param>
    /// <returns>Null, or what is left to do: the connection is removed, but Klaviyo could not be told to revoke its tokens.</returns>
    /// <exception cref="NoticeException">An export is running or has no fate; the notice names it.</exception>
    public async Task<Notice?> RemoveAsync(Actor actor, int id, IReadOnlyDictionary<int, ExportFate> fates, CancellationToken cancel)
    {
        ManageConnections.Rule.Demand(actor);
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
        if (!await db.Set<Connection>().AnyAsync(other => other.AccountId == connection.AccountId && other.Id != id, cancel))
            await traces.EraseOfAccountAsync(db, connection.AccountId, cancel);
        db.Set<Connection>().Remove(connection);
        audit.Add(db, actor, "Connections.Removed", connection.Name, id);
        await db.SaveAsync(cancel);
        await transaction.CommitAsync(cancel);
        // The grant is out of the store, whatever Klaviyo says now.
        return connection.Grant is null || await credentials.RevokeAsync(connection.Grant, CancellationToken.None) ? null : new Notice("Connections.NotRevoked", connection.Name, connection.AccountName);
    }

    private async Task FulfilAsync(AppDb db, Actor actor, ExportInUse export, ExportFate fate, CancellationToken cancel)
    {
        if (fate == ExportFate.Remove)
            await db.Set<Export>().Where(stored => stored.Id == export.Id).ExecuteDeleteAsync(cancel);
        else
            await traces.DetachAsync(db, export.Id, cancel);
        audit.Add(db, actor, fate == ExportFate.Remove ? "Exports.Removed" : "Exports.Detached", export.Name, export.Id);
    }

    private static async Task<IReadOnlyList<ExportInUse>> InUseAsync(AppDb db, int id, CancellationToken cancel) =>
        await db.Set<Export>().Where(export => export.ConnectionId == id).OrderBy(export => export.Name)
            .Select(export => new ExportInUse(export.Id, export.Name, db.Set<Run>().Where(run => run.ActiveExportId == export.Id).Select(run => (int?)run.Id).FirstOrDefault())).ToListAsync(cancel);
}
