using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Segments;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Scheduling;

/// <summary>How a task ended, and why.</summary>
internal sealed record TaskEnd(RefreshTaskState State, LocalizedMessage? Outcome, long? Count = null, int? RunId = null);

/// <summary>The tasks of a refresh in the store, and every move they make there.</summary>
internal sealed class RefreshTasks(IDbContextFactory<AppDb> stores, TimeProvider clock)
{
    /// <summary>How many refreshes are kept: half a month of four a day, three months of one.</summary>
    internal const int Kept = 100;

    /// <summary>The tasks of the refresh under way that have not ended.</summary>
    public static IQueryable<RefreshTask> InOpenRefresh(AppDb db) =>
        db.Set<RefreshTask>()
            .AsNoTracking()
            .Where(task =>
                (task.State == RefreshTaskState.NotStarted || task.State == RefreshTaskState.Processing)
                && db.Set<Refresh>().Any(refresh => refresh.Id == task.RefreshId && refresh.FinishedAt == null)
            );

    /// <summary>Those that have not ended, in their order.</summary>
    public async Task<List<RefreshTask>> OpenAsync(int refreshId, RefreshTaskKind kind, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await Open(db, refreshId)
            .AsNoTracking()
            .Where(task => task.Kind == kind)
            .OrderBy(task => task.Id)
            .ToListAsync(cancellationToken);
    }

    /// <returns>False when somebody has canceled it before it began.</returns>
    public async Task<bool> BeginAsync(int taskId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        return await db.Set<RefreshTask>()
                .Where(task =>
                    task.Id == taskId && (task.State == RefreshTaskState.NotStarted || task.State == RefreshTaskState.Processing)
                )
                .ExecuteUpdateAsync(
                    set => set.SetProperty(task => task.State, RefreshTaskState.Processing).SetProperty(task => task.StartedAt, now),
                    cancellationToken
                ) == 1;
    }

    /// <summary>Takes a task out of the refresh under way.</summary>
    /// <returns>False when it has begun.</returns>
    public async Task<bool> CancelWaitingAsync(int taskId, string by, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var (now, why) = (clock.GetUtcNow(), new LocalizedMessage("Scheduling.Canceled", by));
        return await db.Set<RefreshTask>()
                .Where(task => task.Id == taskId && task.State == RefreshTaskState.NotStarted)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(task => task.State, RefreshTaskState.Canceled)
                            .SetProperty(task => task.Outcome, why)
                            .SetProperty(task => task.FinishedAt, now),
                    cancellationToken
                ) == 1;
    }

    public async Task EndAsync(int taskId, TaskEnd end, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await EndAsync(db, taskId, end, cancellationToken);
    }

    /// <summary>In the caller's context, to be stored with what it tells of.</summary>
    public Task EndAsync(AppDb db, int taskId, TaskEnd end, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return db.Set<RefreshTask>()
            .Where(task => task.Id == taskId)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(task => task.State, end.State)
                        .SetProperty(task => task.Outcome, end.Outcome)
                        .SetProperty(task => task.Count, end.Count)
                        .SetProperty(task => task.RunId, task => end.RunId ?? task.RunId)
                        .SetProperty(task => task.FinishedAt, now),
                cancellationToken
            );
    }

    /// <summary>Ends whatever has not ended, but for exports whose runs are under way.</summary>
    public async Task CancelOpenAsync(int refreshId, LocalizedMessage why, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await Open(db, refreshId)
            .Where(task => task.RunId == null)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(task => task.State, RefreshTaskState.Canceled)
                        .SetProperty(task => task.Outcome, why)
                        .SetProperty(task => task.FinishedAt, now),
                cancellationToken
            );
    }

    public async Task<string?> CancelRequestedByAsync(int refreshId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Refresh>()
            .Where(refresh => refresh.Id == refreshId)
            .Select(refresh => refresh.CancelRequestedBy)
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Notes that somebody wants a task stopped, for whichever machine works on it.</summary>
    public async Task RequestCancelAsync(int taskId, string by, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<RefreshTask>()
            .Where(task => task.Id == taskId && task.CancelRequestedBy == null)
            .ExecuteUpdateAsync(set => set.SetProperty(task => task.CancelRequestedBy, by), cancellationToken);
    }

    /// <summary>Who wants a task stopped, or its whole refresh; null while nobody does.</summary>
    public async Task<string?> CancelRequestedByAsync(RefreshTask task, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<RefreshTask>()
                .Where(stored => stored.Id == task.Id)
                .Select(stored => stored.CancelRequestedBy)
                .SingleOrDefaultAsync(cancellationToken)
            ?? await db.Set<Refresh>()
                .Where(refresh => refresh.Id == task.RefreshId)
                .Select(refresh => refresh.CancelRequestedBy)
                .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>What a segment or an export depends on and this refresh did not manage; null when nothing stands in its way.</summary>
    public async Task<LocalizedMessage?> UpstreamFaultAsync(RefreshTask task, CancellationToken cancellationToken)
    {
        if (task.Kind == RefreshTaskKind.Source)
            return null;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var failed = db.Set<RefreshTask>()
            .Where(other =>
                other.RefreshId == task.RefreshId
                && (
                    other.State == RefreshTaskState.Failed
                    || other.State == RefreshTaskState.Canceled
                    || other.State == RefreshTaskState.Skipped
                )
            );
        var sourceId =
            task.Kind == RefreshTaskKind.Segment
                ? await db.Set<Segment>()
                    .Where(segment => segment.Id == task.SubjectId)
                    .Select(segment => (int?)segment.SourceId)
                    .SingleOrDefaultAsync(cancellationToken)
                : await db.Set<Export>()
                    .Where(export => export.Id == task.SubjectId)
                    .Select(export => (int?)export.SourceId)
                    .SingleOrDefaultAsync(cancellationToken);
        if (
            await failed.FirstOrDefaultAsync(
                other => other.Kind == RefreshTaskKind.Source && other.SubjectId == sourceId,
                cancellationToken
            ) is
            { } source
        )
            return new LocalizedMessage("Scheduling.SkippedForSource", source.Name);
        if (task.Kind == RefreshTaskKind.Segment)
            return null;
        var used = db.Set<Export>()
            .Where(export => export.Id == task.SubjectId)
            .SelectMany(export => export.Segments)
            .Select(segment => segment.Id);
        var segments = await failed
            .Where(other => other.Kind == RefreshTaskKind.Segment && used.Contains(other.SubjectId))
            .OrderBy(other => other.Name)
            .Select(other => other.Name)
            .ToListAsync(cancellationToken);
        return segments.Count == 0 ? null : new LocalizedMessage("Scheduling.SkippedForSegments", string.Join(", ", segments));
    }

    /// <summary>The refresh has ended; those of long ago are forgotten.</summary>
    public async Task CloseAsync(int refreshId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        await db.Set<Refresh>()
            .Where(refresh => refresh.Id == refreshId)
            .ExecuteUpdateAsync(set => set.SetProperty(refresh => refresh.FinishedAt, now), cancellationToken);
        var kept = db.Set<Refresh>().OrderByDescending(refresh => refresh.Id).Select(refresh => refresh.Id).Take(Kept);
        await db.Set<Refresh>()
            .Where(refresh => refresh.FinishedAt != null && !kept.Contains(refresh.Id))
            .ExecuteDeleteAsync(cancellationToken);
    }

    private static IQueryable<RefreshTask> Open(AppDb db, int refreshId) =>
        db.Set<RefreshTask>()
            .Where(task =>
                task.RefreshId == refreshId && (task.State == RefreshTaskState.NotStarted || task.State == RefreshTaskState.Processing)
            );
}
