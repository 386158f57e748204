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
        DateTimeOffset now,
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
        var ages = await FreshnessReader.ReadAsync(db, cancellationToken);
        return sources.Select(source =>
            WithAge(
                RefreshStatus.Row(
                    actor,
                    RefreshTaskKind.Source,
                    (source.Id, source.Name),
                    tasks.GetValueOrDefault(source.Id),
                    ByHand(actor, source.LoadedAt, source.RowCount, source.MalformedCount, source.LastError),
                    nextRefresh
                ),
                ages.GetValueOrDefault(source.Id),
                now
            )
        );
    }

    /// <summary>A load that succeeded has a warning when its data is too old.</summary>
    private static StatusRow WithAge(StatusRow row, Freshness? freshness, DateTimeOffset now)
    {
        var dated = row with { DataChangedAt = freshness?.ChangedAt };
        return row.Status is StatusText.Successful or StatusText.CompletedWithWarnings && freshness?.WarningAt(now) is { } warning
            ? dated with
            {
                Status = StatusText.CompletedWithWarnings,
                Detail = warning,
            }
            : dated;
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
