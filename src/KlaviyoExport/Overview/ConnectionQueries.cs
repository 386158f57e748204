using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

/// <summary>Reads the rows of the connection list.</summary>
public sealed class ConnectionQueries(IDbContextFactory<AppDb> stores)
{
    /// <summary>Returns all connections, ordered by name. Only administrators may call this.</summary>
    public async Task<IReadOnlyList<ConnectionRow>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageConnections.Rule.Demand(actor);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var rows = await db.Set<Connection>()
            .AsNoTracking()
            .Include(connection => connection.Shares)
            .OrderBy(connection => connection.Name)
            .Select(connection => new
            {
                Connection = connection,
                Exports = db.Set<Export>().Count(export => export.ConnectionId == connection.Id),
            })
            .ToListAsync(cancellationToken);
        var people = await db.Set<AppUser>().AsNoTracking().OrderBy(user => user.DisplayName).ToListAsync(cancellationToken);
        return
        [
            .. rows.Select(row => row.Connection)
                .Zip(
                    rows.Select(row => row.Exports),
                    (connection, exports) =>
                        new ConnectionRow(
                            connection.Id,
                            connection.Name,
                            connection.AccountName,
                            connection.AccountId,
                            connection.IsTestAccount,
                            connection.ApiKeyEnding,
                            connection.CreatedAt,
                            connection.CreatedBy,
                            connection.Sharing,
                            [.. ConnectionService.SharedWith(connection, people).Select(user => user.DisplayName)],
                            ConnectionService.ExportUserOf(connection, people),
                            connection.LastSuccessAt,
                            connection.LastError,
                            exports
                        )
                        {
                            IsPractice = connection.IsPractice,
                        }
                ),
        ];
    }
}
