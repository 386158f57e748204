using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>Finds the connections that use a person as their export user.</summary>
public sealed class ExportUserQueries(IDbContextFactory<AppDb> stores)
{
    /// <summary>
    /// Returns the connections whose export user is the person, each with the names of its exports. These exports stop when the person is
    /// no longer an administrator or is removed. Only people who may manage people may call this.
    /// </summary>
    public async Task<IReadOnlyList<Dependent>> DependentsAsync(Actor actor, string id, CancellationToken cancellationToken)
    {
        ManagePeople.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Connection>()
            .Where(connection => connection.ExportUserId == id)
            .OrderBy(connection => connection.Name)
            .Select(connection => new Dependent(
                connection.Id,
                connection.Name,
                db.Set<Export>()
                    .Where(export => export.ConnectionId == connection.Id)
                    .OrderBy(export => export.Name)
                    .Select(export => export.Name)
                    .ToList()
            ))
            .ToListAsync(cancellationToken);
    }
}

/// <summary>A connection whose exports run in the name of a person. They stop when that person is no longer an administrator.</summary>
public sealed record Dependent(int ConnectionId, string Connection, IReadOnlyList<string> Exports);
