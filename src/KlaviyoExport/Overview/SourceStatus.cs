using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Overview;

internal static class SourceStatus
{
    public static async Task<IEnumerable<StatusRow>> ListAsync(
        AppDb db,
        Actor actor,
        DateTimeOffset? nextRefresh,
        CancellationToken cancellationToken
    )
    {
        var tasks = await RefreshStatus.LatestAsync(db, RefreshTaskKind.Source, cancellationToken);
        var sources = await db.Set<Source>()
            .OrderBy(source => source.Name)
            .Select(source => new
            {
                source.Id,
                source.Name,
                source.LoadedAt,
                source.RowCount,
                source.MalformedCount,
                source.LastError,
            })
            .ToListAsync(cancellationToken);
        return sources.Select(source =>
            RefreshStatus.Row(
                actor,
                RefreshTaskKind.Source,
                (source.Id, source.Name),
                tasks.GetValueOrDefault(source.Id),
                ByHand(actor, source.LoadedAt, source.RowCount, source.MalformedCount, source.LastError),
                nextRefresh
            )
        );
    }

    private static ByHand ByHand(Actor actor, DateTimeOffset? loadedAt, long rows, long malformed, LocalizedMessage? error) =>
        (loadedAt, error, malformed) switch
        {
            (_, not null, _) => new(
                StatusText.FailedPermanent,
                loadedAt,
                loadedAt is null ? null : rows,
                RefreshStatus.FaultFor(actor, RefreshTaskKind.Source, error)
            ),
            (null, _, _) => new(StatusText.NotStarted, null, null, null),
            (_, _, 0) => new(StatusText.Successful, loadedAt, rows, new LocalizedMessage("Scheduling.Loaded", rows)),
            _ => new(StatusText.CompletedWithWarnings, loadedAt, rows, new LocalizedMessage("Scheduling.LoadedMalformed", rows, malformed)),
        };
}
