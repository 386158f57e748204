using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Scheduling;

/// <summary>
/// Loads sources and counts segments on demand. Saves the results next to those of the refreshes, so that System &gt; Status shows them.
/// </summary>
public sealed class ManualTasks(IDbContextFactory<AppDb> stores, SourceService sources, SegmentService segments, TimeProvider clock)
{
    /// <summary>The number of results to keep for each source and each segment.</summary>
    public const int Kept = 20;

    /// <inheritdoc cref="SourceService.LoadAsync"/>
    public Task<Source> LoadAsync(Actor actor, int sourceId, CancellationToken cancellationToken) =>
        KeepAsync(
            RefreshTaskKind.Source,
            sourceId,
            db => db.Set<Source>().Where(source => source.Id == sourceId).Select(source => source.Name),
            () => sources.LoadAsync(actor, sourceId, cancellationToken),
            RefreshExecution.EndOf,
            cancellationToken
        );

    /// <inheritdoc cref="SegmentService.CountAsync(Actor, int, CancellationToken)"/>
    public Task<long> CountAsync(Actor actor, int segmentId, CancellationToken cancellationToken) =>
        KeepAsync(
            RefreshTaskKind.Segment,
            segmentId,
            db => db.Set<Segment>().Where(segment => segment.Id == segmentId).Select(segment => segment.Name),
            () => segments.CountAsync(actor, segmentId, cancellationToken),
            RefreshExecution.EndOf,
            cancellationToken
        );

    private async Task<T> KeepAsync<T>(
        RefreshTaskKind kind,
        int id,
        Func<AppDb, IQueryable<string>> nameIn,
        Func<Task<T>> doAsync,
        Func<T, TaskEnd> endOf,
        CancellationToken cancellationToken
    )
    {
        var begun = clock.GetUtcNow();
        try
        {
            var done = await doAsync();
            await KeepAsync(kind, id, nameIn, begun, endOf(done), cancellationToken);
            return done;
        }
        catch (LocalizedException fault) when (fault is not NotAllowedException)
        {
            await KeepAsync(kind, id, nameIn, begun, new TaskEnd(RefreshTaskState.Failed, fault.LocalizedMessage), cancellationToken);
            throw;
        }
    }

    private async Task KeepAsync(
        RefreshTaskKind kind,
        int id,
        Func<AppDb, IQueryable<string>> nameIn,
        DateTimeOffset begun,
        TaskEnd end,
        CancellationToken cancellationToken
    )
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        // Do not save the result when the refresh in progress has yet to finish the same task. The result of the refresh will be newer.
        if (
            await nameIn(db).SingleOrDefaultAsync(cancellationToken) is not { } name
            || await RefreshTasks.InOpenRefresh(db).AnyAsync(task => task.Kind == kind && task.SubjectId == id, cancellationToken)
        )
            return;
        db.Set<RefreshTask>()
            .Add(
                new RefreshTask
                {
                    Kind = kind,
                    SubjectId = id,
                    Name = name,
                    State = end.State,
                    StartedAt = begun,
                    FinishedAt = clock.GetUtcNow(),
                    Count = end.Count,
                    Outcome = end.Outcome,
                }
            );
        await db.SaveChangesAsync(cancellationToken);
        var byHand = db.Set<RefreshTask>().Where(task => task.RefreshId == null && task.Kind == kind && task.SubjectId == id);
        var kept = byHand.OrderByDescending(task => task.Id).Select(task => task.Id).Take(Kept);
        await byHand.Where(task => !kept.Contains(task.Id)).ExecuteDeleteAsync(cancellationToken);
    }
}
