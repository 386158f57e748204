using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

/// <summary>Starts a system refresh. All its tasks are saved before the first one starts.</summary>
internal sealed class RefreshStart(IDbContextFactory<AppDb> stores, RefreshSignal signal, TimeProvider clock, ILogger<RefreshStart> logger)
{
    /// <summary>Starts a refresh, unless one is in progress.</summary>
    /// <param name="requestedBy">The name of the person who starts it, or "Schedule".</param>
    /// <param name="dueAt">The planned time for which it starts. Null when a person starts it.</param>
    /// <param name="also">Called in the same transaction, with whether the refresh is new. When it returns false, nothing is saved.</param>
    /// <param name="cancellationToken">Cancels the operation. Nothing is saved.</param>
    /// <returns>The id of the new refresh or of the one in progress, and whether it is new. Null when <paramref name="also"/> returned
    /// false.</returns>
    public async Task<(int Id, bool IsNew)?> BeginAsync(
        string requestedBy,
        DateTimeOffset? dueAt,
        Func<AppDb, bool, Task<bool>> also,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginExclusiveAsync(cancellationToken);
        var open = await db.Set<Refresh>()
            .Where(refresh => refresh.FinishedAt == null)
            .Select(refresh => (int?)refresh.Id)
            .FirstOrDefaultAsync(cancellationToken);
        if (!await also(db, open is null))
            return null;
        if (open is { } id)
        {
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return (id, false);
        }
        var refresh = new Refresh
        {
            RequestedBy = requestedBy,
            DueAt = dueAt,
            StartedAt = clock.GetUtcNow(),
        };
        db.Set<Refresh>().Add(refresh);
        await db.SaveChangesAsync(cancellationToken);
        var tasks = await TasksAsync(db, refresh.Id, cancellationToken);
        db.Set<RefreshTask>().AddRange(tasks);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Log.RefreshBegan(logger, refresh.Id, tasks.Count);
        signal.Wake();
        return (refresh.Id, true);
    }

    /// <summary>Creates a task for each source, each segment and each export that follows the refresh.</summary>
    private static async Task<List<RefreshTask>> TasksAsync(AppDb db, int refreshId, CancellationToken cancellationToken)
    {
        var sources = await db.Set<Source>()
            .OrderBy(source => source.Name)
            .Select(source => new { source.Id, source.Name })
            .ToListAsync(cancellationToken);
        var segments = await db.Set<Segment>().AsNoTracking().OrderBy(segment => segment.Name).ToListAsync(cancellationToken);
        var exports = await db.Set<Export>()
            .Where(export => export.FollowsRefresh)
            .OrderBy(export => export.Name)
            .Select(export => new { export.Id, export.Name })
            .ToListAsync(cancellationToken);
        return
        [
            .. sources.Select(source => Task(RefreshTaskKind.Source, source.Id, source.Name)),
            .. SegmentOrder.Of(segments).Select(segment => Task(RefreshTaskKind.Segment, segment.Id, segment.Name)),
            .. exports.Select(export => Task(RefreshTaskKind.Export, export.Id, export.Name)),
        ];

        RefreshTask Task(RefreshTaskKind kind, int id, string name) =>
            new()
            {
                RefreshId = refreshId,
                Kind = kind,
                SubjectId = id,
                Name = name,
            };
    }
}
