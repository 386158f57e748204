using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>Reads what a run needs, and refuses when the ground has changed under it.</summary>
internal sealed class RunContexts(IDbContextFactory<AppDb> stores, ConnectionCredentials credentials)
{
    /// <exception cref="RunFailedException">The export has no connection, or one to another account than the run was queued
    /// for.</exception>
    public async Task<RunContext> ReadAsync(Run run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var export = await db.Set<Export>()
            .AsNoTracking()
            .Include(export => export.Source)
            .Include(export => export.Segments)
            .Include(export => export.Connection)
            .SingleAsync(export => export.Id == run.ExportId, cancellationToken);
        if (export.Connection is not { } connection)
            throw new RunFailedException(RunOutcome.NoConnection);
        if (connection.AccountId != run.AccountId)
            throw new RunFailedException(new(RunOutcomeKind.AccountChanged, new LocalizedMessage("Delivery.AccountChanged")));
        return new RunContext(run.Id, run.ListId, run.SyncMode, export, credentials.Of(connection));
    }
}
