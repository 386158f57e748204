using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Verifies that the connection's export user is still an administrator, because a run is executed in that person's name. The check is
/// made before anything is prepared and again before the first profile is sent, but not afterwards: sent profiles must still be
/// confirmed.
/// </summary>
internal sealed class ExportUserCheck(IDbContextFactory<AppDb> stores)
{
    /// <exception cref="RunFailedException">The connection has no export user, or the export user no longer exists or is no longer an
    /// administrator.</exception>
    public async Task DemandAsync(int exportId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var connection = await db.Set<Export>()
            .Where(export => export.Id == exportId)
            .Select(export => new
            {
                export.Connection!.Name,
                export.Connection.ExportUserId,
                export.Connection.ExportUserName,
            })
            .SingleAsync(cancellationToken);
        if (connection.ExportUserId is null)
            throw Failed(new LocalizedMessage("Delivery.ExportUserMissing", connection.Name));
        if (!await db.Set<AppUser>().Administrators().AnyAsync(user => user.Id == connection.ExportUserId, cancellationToken))
            throw Failed(new LocalizedMessage("Delivery.ExportUserGone", connection.ExportUserName, connection.Name));
    }

    private static RunFailedException Failed(LocalizedMessage message) => new(new RunOutcome(RunOutcomeKind.ExportUser, message));
}
