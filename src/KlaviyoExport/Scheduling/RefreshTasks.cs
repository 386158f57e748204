using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Segments;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Scheduling;

/// <summary>The result of a task.</summary>
internal sealed record TaskEnd(RefreshTaskState State, LocalizedMessage? Outcome, long? Count = null, int? RunId = null);

/// <summary>Reads and changes the tasks of refreshes in the store.</summary>
internal sealed class RefreshTasks(IDbContextFactory<AppDb> stores, TimeProvider clock)
{
    /// <summary>The number of refreshes to keep: about three months with one refresh a day, or 25 days with four.</summary>
    internal const int Kept = 100;

    /// <summary>Returns the unfinished tasks of the refresh in progress.</summary>
    public static IQueryable<RefreshTask> InOpenRefresh(AppDb db) =>
        db.Set<RefreshTask>()
            .AsNoTracking()
            .Where(task =>
                (task.State == RefreshTaskState.NotStarted || task.State == RefreshTaskState.Processing)
                && db.Set<Refresh>().Any(refresh => refresh.Id == task.RefreshId && refresh.FinishedAt == null)
            );

    /// <summary>Returns the unfinished tasks of a kind, in the order in which they are carried out.</summary>
    public async Task<List<RefreshTask>> OpenAsync(int refreshId, RefreshTaskKind kind, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await Open(db, refreshId)
            .AsNoTracking()
            .Where(task => task.Kind == kind)
            .OrderBy(task => task.Id)
            .ToListAsync(cancellationToken);
    }

    /// <summary>Marks a task as started. A task that was interrupted can be started again.</summary>
    /// <returns>False when the task has ended, for example because it was canceled.</returns>
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

    /// <summary>Cancels a task that has not started.</summary>
    /// <returns>False when the task has started or ended.</returns>
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

    /// <summary>Saves the result of a task.</summary>
    public async Task EndAsync(int taskId, TaskEnd end, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await EndAsync(db, taskId, end, cancellationToken);
    }

    /// <summary>Saves the result of a task with the caller's context, for use in a transaction.</summary>
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

    /// <summary>Cancels all unfinished tasks, except exports that have started a run.</summary>
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

    /// <summary>Returns the name of the person who requested the cancellation of a refresh. Null when there is none.</summary>
    public async Task<string?> CancelRequestedByAsync(int refreshId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Refresh>()
            .Where(refresh => refresh.Id == refreshId)
            .Select(refresh => refresh.CancelRequestedBy)
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Stores a request to cancel a task, for the server that works on it.</summary>
    public async Task RequestCancelAsync(int taskId, string by, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        await db.Set<RefreshTask>()
            .Where(task => task.Id == taskId && task.CancelRequestedBy == null)
            .ExecuteUpdateAsync(set => set.SetProperty(task => task.CancelRequestedBy, by), cancellationToken);
    }

    /// <summary>
    /// Returns the name of the person who requested the cancellation of a task or of its refresh. Null when there is none.
    /// </summary>
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

    /// <summary>
    /// Returns why a segment or an export must be skipped: its source, or a segment that it uses or refers to, failed, was canceled or was skipped in the
    /// same refresh. Null when it can be carried out.
    /// </summary>
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
        var used =
            task.Kind == RefreshTaskKind.Segment
                ? await SegmentOrder.ReferencesAsync(db, task.SubjectId, cancellationToken)
                : await db.Set<Segment>()
                    .Where(segment =>
                        db.Set<Export>()
                            .Any(export =>
                                export.Id == task.SubjectId
                                && (export.Segments.Contains(segment) || export.ExcludedSegments.Contains(segment))
                            )
                    )
                    .Select(segment => segment.Id)
                    .ToListAsync(cancellationToken);
        var segments = await failed
            .Where(other => other.Kind == RefreshTaskKind.Segment && used.Contains(other.SubjectId))
            .OrderBy(other => other.Name)
            .Select(other => other.Name)
            .ToListAsync(cancellationToken);
        return segments.Count == 0 ? null : new LocalizedMessage("Scheduling.SkippedForSegments", string.Join(", ", segments));
    }

    /// <summary>Ends the refresh, and deletes old refreshes, except the newest <see cref="Kept"/>.</summary>
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
