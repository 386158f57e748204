using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>Finds the exports that share a list of a Klaviyo account, whatever their sync mode and over any connection to it.</summary>
internal static class ExportsToList
{
    /// <summary>Returns the exports to a list, by name.</summary>
    /// <param name="db">The context.</param>
    /// <param name="accountId">The Klaviyo account.</param>
    /// <param name="listId">The list of the account.</param>
    /// <param name="except">An export to leave out. Null for none.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public static Task<List<ExportName>> ReadAsync(
        AppDb db,
        string accountId,
        string listId,
        int? except,
        CancellationToken cancellationToken
    ) =>
        db.Set<Export>()
            .Where(export => export.ListId == listId && export.Connection!.AccountId == accountId && export.Id != except)
            .OrderBy(export => export.Name)
            .Select(export => new ExportName(export.Id, export.Name))
            .ToListAsync(cancellationToken);

    /// <summary>Returns the other exports to the list of an export, by name. Empty for an export without a connection.</summary>
    public static async Task<List<ExportName>> OthersAsync(AppDb db, int exportId, CancellationToken cancellationToken)
    {
        var list = await db.Set<Export>()
            .Where(export => export.Id == exportId && export.ConnectionId != null)
            .Select(export => new { export.Connection!.AccountId, export.ListId })
            .SingleOrDefaultAsync(cancellationToken);
        return list is null ? [] : await ReadAsync(db, list.AccountId, list.ListId, exportId, cancellationToken);
    }

    /// <summary>Returns the other exports to a list of the account of a connection, by name, with their sync modes.</summary>
    public static Task<List<ListSharer>> SharersAsync(
        AppDb db,
        int connectionId,
        string listId,
        int? except,
        CancellationToken cancellationToken
    ) =>
        db.Set<Export>()
            .Where(export =>
                export.ListId == listId
                && export.Id != except
                && db.Set<Connection>()
                    .Any(connection => connection.Id == connectionId && connection.AccountId == export.Connection!.AccountId)
            )
            .OrderBy(export => export.Name)
            .Select(export => new ListSharer(export.Id, export.Name, export.SyncMode))
            .ToListAsync(cancellationToken);
}

/// <summary>An export by its ID and name.</summary>
public sealed record ExportName(int Id, string Name);

/// <summary>An export that sends to the same list as another one.</summary>
public sealed record ListSharer(int Id, string Name, SyncMode SyncMode);
