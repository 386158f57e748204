using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>Reads the data that a run needs, and checks that the export still matches the run.</summary>
internal sealed class RunContexts(IDbContextFactory<AppDb> stores, ConnectionCredentials credentials)
{
    /// <exception cref="RunFailedException">The export has no connection, or its connection belongs to another account than when the run
    /// was queued.</exception>
    public async Task<RunContext> ReadAsync(Run run, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var export = await db.Set<Export>()
            .AsNoTracking()
            .AsSplitQuery()
            .Include(export => export.Source)
            .Include(export => export.Segments)
            .Include(export => export.ExcludedSegments)
            .Include(export => export.Connection)
            .SingleAsync(export => export.Id == run.ExportId, cancellationToken);
        if (export.Connection is not { } connection)
            throw new RunFailedException(RunOutcome.NoConnection);
        if (connection.AccountId != run.AccountId)
            throw new RunFailedException(new(RunOutcomeKind.AccountChanged, new LocalizedMessage("Delivery.AccountChanged")));
        return new RunContext(run.Id, run.AccountId, run.ListId, run.SyncMode, export, credentials.Of(connection))
        {
            SendsEverything = run.SendsEverything,
            UndoesRunId = run.UndoesRunId,
        };
    }
}
