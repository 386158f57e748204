using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>
/// Deletes the personal data that exports have stored when their connection is removed, in the caller's transaction. None of the exports
/// is running.
/// </summary>
public sealed class ExportTraces(IEnumerable<FollowExportChange> followers)
{
    /// <summary>Removes the connection from an export. Its runs and their counts are kept, without personal data.</summary>
    internal async Task DetachAsync(AppDb db, int exportId, CancellationToken cancellationToken)
    {
        await TellAsync(db, new ExportChange.Detaching(exportId), cancellationToken);
        await db.Set<Export>()
            .Where(export => export.Id == exportId)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(export => export.ConnectionId, (int?)null)
                        .SetProperty(export => export.Version, export => export.Version + 1),
                cancellationToken
            );
        await EraseAsync(db, db.Set<Run>().Where(run => run.ExportId == exportId), cancellationToken);
    }

    /// <summary>Removes an export with everything stored about it. Nobody is taken off its list.</summary>
    internal async Task RemoveAsync(AppDb db, int exportId, CancellationToken cancellationToken)
    {
        await TellAsync(db, new ExportChange.Removing(exportId), cancellationToken);
        await db.Set<Export>().Where(export => export.Id == exportId).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Deletes the remaining personal data of runs for an account that the exports no longer use.</summary>
    internal async Task EraseOfAccountAsync(AppDb db, string accountId, CancellationToken cancellationToken)
    {
        await TellAsync(db, new ExportChange.AccountLeft(accountId), cancellationToken);
        await EraseAsync(db, db.Set<Run>().Where(run => run.AccountId == accountId && run.ActiveExportId == null), cancellationToken);
    }

    /// <summary>Notifies the rooms above of a change.</summary>
    internal async Task TellAsync(AppDb db, ExportChange change, CancellationToken cancellationToken)
    {
        foreach (var follow in followers)
            await follow(db, change, cancellationToken);
    }

    private static async Task EraseAsync(AppDb db, IQueryable<Run> runs, CancellationToken cancellationToken)
    {
        await db.Set<BatchPayload>()
            .Where(payload => db.Set<Batch>().Any(batch => batch.Id == payload.BatchId && runs.Any(run => run.Id == batch.RunId)))
            .ExecuteDeleteAsync(cancellationToken);
        await db.Set<FieldOutcome>()
            .Where(outcome => runs.Any(run => run.Id == outcome.RunId))
            .ExecuteUpdateAsync(set => set.SetProperty(outcome => outcome.Examples, new List<FieldExample>()), cancellationToken);
        // The key in a source may be the address, and the detail of a duplicate contains the key of another member.
        await db.Set<Rejection>()
            .Where(rejection => runs.Any(run => run.Id == rejection.RunId))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(rejection => rejection.Email, (byte[]?)null)
                        .SetProperty(
                            rejection => rejection.ProfileKey,
                            rejection => EF.Functions.Like(rejection.ProfileKey, "%@%") ? "-" : rejection.ProfileKey
                        )
                        .SetProperty(
                            rejection => rejection.Detail,
                            rejection => rejection.Detail != null && EF.Functions.Like(rejection.Detail, "%@%") ? null : rejection.Detail
                        ),
                cancellationToken
            );
    }
}
