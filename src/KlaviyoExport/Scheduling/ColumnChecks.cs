using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Scheduling;

/// <summary>
/// Looks at the columns of sources at an interval, and shortly before their exports run on a schedule, so that people are told before the
/// run.
/// </summary>
internal sealed class ColumnChecks(
    IDbContextFactory<AppDb> stores,
    SourceColumns columns,
    IOptions<SourceOptions> options,
    TimeProvider clock
)
{
    /// <summary>How long before a scheduled run the columns are looked at.</summary>
    internal static readonly TimeSpan BeforeRun = TimeSpan.FromMinutes(15);

    /// <summary>Looks at the columns of the sources that are due.</summary>
    /// <returns>The number of these sources.</returns>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        if (options.Value.ColumnCheckInterval == TimeSpan.Zero)
            return 0;
        var due = await DueAsync(cancellationToken);
        foreach (var id in due)
            await columns.LookAsync(id, cancellationToken);
        return due.Count;
    }

    private async Task<List<int>> DueAsync(CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var (since, before, soon) = (now - options.Value.ColumnCheckInterval, now - BeforeRun, now + BeforeRun);
        var refreshIsNear = await db.Set<RefreshPlan>().AnyAsync(plan => plan.IsOn && plan.NextAt <= soon, cancellationToken);
        var exports = db.Set<Export>().Where(export => export.ConnectionId != null);
        return await db.Set<Source>()
            .Where(source =>
                source.LoadedAt != null
                && (
                    source.ColumnsCheckedAt == null
                    || source.ColumnsCheckedAt <= since
                    || (
                        source.ColumnsCheckedAt <= before
                        && exports.Any(export =>
                            export.SourceId == source.Id && ((refreshIsNear && export.FollowsRefresh) || export.NextRunAt <= soon)
                        )
                    )
                )
            )
            .OrderBy(source => source.Id)
            .Select(source => source.Id)
            .ToListAsync(cancellationToken);
    }
}
