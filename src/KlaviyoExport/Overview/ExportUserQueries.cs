using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>What depends on a person as export user.</summary>
public sealed class ExportUserQueries(IDbContextFactory<AppDb> stores)
{
    /// <summary>
    /// The connections that have the person as export user, with their exports: what stops when the person is demoted or removed.
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

/// <summary>A connection whose exports run in a person's name, and stop when that person is no longer an administrator.</summary>
public sealed record Dependent(int ConnectionId, string Connection, IReadOnlyList<string> Exports);
