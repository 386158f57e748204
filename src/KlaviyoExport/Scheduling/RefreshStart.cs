using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

/// <summary>Begins a system refresh: what it will do is in the store, as tasks that have not started, before any of it is done.</summary>
internal sealed class RefreshStart(IDbContextFactory<AppDb> stores, RefreshSignal signal, TimeProvider clock, ILogger<RefreshStart> logger)
{
    /// <param name="requestedBy">In whose name.</param>
    /// <param name="dueAt">The time of the plan it answers to.</param>
    /// <param name="also">Done in the same transaction; false: nothing begins.</param>
    /// <param name="cancellationToken">Leaves everything as it was.</param>
    /// <returns>Its id, and whether it is new: one refresh at a time, so it may be the one under way. Null when <paramref name="also"/>
    /// said no.</returns>
    public async Task<(int Id, bool IsNew)?> BeginAsync(
        string requestedBy,
        DateTimeOffset? dueAt,
        Func<AppDb, bool, Task<bool>> also,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginAloneAsync(cancellationToken);
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

    /// <summary>All sources, all segments, and the exports that follow the refresh.</summary>
    private static async Task<List<RefreshTask>> TasksAsync(AppDb db, int refreshId, CancellationToken cancellationToken)
    {
        var sources = await db.Set<Source>()
            .OrderBy(source => source.Name)
            .Select(source => new { source.Id, source.Name })
            .ToListAsync(cancellationToken);
        var segments = await db.Set<Segment>()
            .OrderBy(segment => segment.Name)
            .Select(segment => new { segment.Id, segment.Name })
            .ToListAsync(cancellationToken);
        var exports = await db.Set<Export>()
            .Where(export => export.FollowsRefresh)
            .OrderBy(export => export.Name)
            .Select(export => new { export.Id, export.Name })
            .ToListAsync(cancellationToken);
        return
        [
            .. sources.Select(source => Task(RefreshTaskKind.Source, source.Id, source.Name)),
            .. segments.Select(segment => Task(RefreshTaskKind.Segment, segment.Id, segment.Name)),
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
