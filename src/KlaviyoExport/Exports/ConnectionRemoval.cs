using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>Removes connections, together with the personal data that their exports have stored.</summary>
public sealed class ConnectionRemoval(
    IDbContextFactory<AppDb> stores,
    ConnectionCredentials credentials,
    PracticeConnections practice,
    ExportTraces traces,
    Audit audit
)
{
    /// <summary>Returns the exports that use the connection, ordered by name.</summary>
    /// <exception cref="LocalizedException">The connection does not exist.</exception>
    public async Task<IReadOnlyList<ExportInUse>> ExportsOfAsync(Actor actor, int id, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await ConnectionService.FindAsync(db, id, cancellationToken);
        return await InUseAsync(db, id, cancellationToken);
    }

    /// <summary>
    /// Removes a connection with its key and tokens, and removes or detaches its exports. Either everything is changed or nothing.
    /// </summary>
    /// <param name="actor">The person who removes the connection.</param>
    /// <param name="id">The ID of the connection.</param>
    /// <param name="choices">What happens to each export that uses the connection.</param>
    /// <param name="cancellationToken">Cancels the operation. Nothing is changed.</param>
    /// <returns>Null, or a message when the connection was removed but its tokens could not be revoked in Klaviyo.</returns>
    /// <exception cref="LocalizedException">An export is running or has no choice. The message names it.</exception>
    public async Task<LocalizedMessage?> RemoveAsync(
        Actor actor,
        int id,
        IReadOnlyDictionary<int, RemovalChoice> choices,
        CancellationToken cancellationToken
    )
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var connection = await ConnectionService.FindAsync(db, id, cancellationToken);
        var exports = await InUseAsync(db, id, cancellationToken);
        if (exports.FirstOrDefault(export => export.IsRunning) is { } running)
            throw new LocalizedException(new LocalizedMessage("Exports.IsRunning", running.Name));
        if (exports.Where(export => !choices.ContainsKey(export.Id)).Select(export => export.Name).ToList() is { Count: > 0 } undecided)
            throw new LocalizedException(new LocalizedMessage("Connections.InUse", string.Join(", ", undecided)));

        foreach (var export in exports)
            await FulfilAsync(db, actor, export, choices[export.Id], cancellationToken);
        if (!await db.Set<Connection>().AnyAsync(other => other.AccountId == connection.AccountId && other.Id != id, cancellationToken))
            await traces.EraseOfAccountAsync(db, connection.AccountId, cancellationToken);
        db.Set<Connection>().Remove(connection);
        audit.Add(db, actor, "Connections.Removed", connection.Name, id);
        await db.SaveAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (connection.IsPractice)
            await practice.EraseAsync(CancellationToken.None);
        // The tokens are deleted from the store, whatever Klaviyo responds now.
        return connection.Grant is null || await credentials.RevokeAsync(connection.Grant, CancellationToken.None)
            ? null
            : new LocalizedMessage("Connections.NotRevoked", connection.Name, connection.AccountName);
    }

    private async Task FulfilAsync(AppDb db, Actor actor, ExportInUse export, RemovalChoice choice, CancellationToken cancellationToken)
    {
        if (choice == RemovalChoice.Remove)
            await traces.RemoveAsync(db, export.Id, cancellationToken);
        else
            await traces.DetachAsync(db, export.Id, cancellationToken);
        audit.Add(db, actor, choice == RemovalChoice.Remove ? "Exports.Removed" : "Exports.Detached", export.Name, export.Id);
    }

    private static async Task<IReadOnlyList<ExportInUse>> InUseAsync(AppDb db, int id, CancellationToken cancellationToken) =>
        await db.Set<Export>()
            .Where(export => export.ConnectionId == id)
            .OrderBy(export => export.Name)
            .Select(export => new ExportInUse(
                export.Id,
                export.Name,
                db.Set<Run>().Where(run => run.ActiveExportId == export.Id).Select(run => (int?)run.Id).FirstOrDefault()
            ))
            .ToListAsync(cancellationToken);
}
