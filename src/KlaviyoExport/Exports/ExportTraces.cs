using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Exports;

/// <summary>
/// What exports have kept of people, and how it goes when their connection does. All in the caller's transaction; nothing of it is running.
/// </summary>
public sealed class ExportTraces(IEnumerable<FollowExportChange> followers)
{
    /// <summary>Takes the connection from an export. Its runs and their counts stay, but not whom they concerned.</summary>
    internal async Task DetachAsync(AppDb db, int exportId, CancellationToken cancellationToken)
    {
        await db.Set<Export>()
            .Where(export => export.Id == exportId)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(export => export.ConnectionId, (int?)null)
                        .SetProperty(export => export.Version, export => export.Version + 1),
                cancellationToken
            );
        await TellAsync(db, new ExportChange.Detached(exportId), cancellationToken);
        await EraseAsync(db, db.Set<Run>().Where(run => run.ExportId == exportId), cancellationToken);
    }

    /// <summary>Erases what is left of runs to an account that exports have since left for another.</summary>
    internal async Task EraseOfAccountAsync(AppDb db, string accountId, CancellationToken cancellationToken)
    {
        await TellAsync(db, new ExportChange.AccountLeft(accountId), cancellationToken);
        await EraseAsync(db, db.Set<Run>().Where(run => run.AccountId == accountId && run.ActiveExportId == null), cancellationToken);
    }

    /// <summary>Lets the rooms above follow up a change.</summary>
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
        // A source may have the address for its key, and the detail of a duplicate is the key of its twin.
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
