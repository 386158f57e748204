using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

/// <summary>
/// Takes one refresh to its end: sources, segments, exports, in this order. Every step is in the store before the next, and each may be done twice
/// without harm, so a refresh that was interrupted goes on with the task it was at.
/// </summary>
internal sealed class RefreshExecution(
    IDbContextFactory<AppDb> stores, SourceService sources, SegmentService segments, RefreshTasks tasks, RefreshExports exports, RefreshSignal signal, Node node,
    TimeProvider clock, ILogger<RefreshExecution> logger)
{
    /// <summary>What was begun longer ago is not taken up again: its sources are as old.</summary>
    internal static readonly TimeSpan Stale = TimeSpan.FromHours(12);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <exception cref="OperationCanceledException">The process is stopping; the refresh goes on at the next start.</exception>
    public async Task RunAsync(int refreshId, CancellationToken stopping)
    {
        if (await IsStaleAsync(refreshId, stopping))
            await tasks.CancelOpenAsync(refreshId, new Notice("Scheduling.NotFinished"), stopping);
        await EachAsync(refreshId, RefreshTaskKind.Source, LoadAsync, stopping);
        await EachAsync(refreshId, RefreshTaskKind.Segment, CountAsync, stopping);
        await exports.RunAsync(refreshId, stopping);
        await tasks.CloseAsync(refreshId, stopping);
        Log.RefreshEnded(logger, refreshId);
    }

    private async Task EachAsync(int refreshId, RefreshTaskKind kind, Func<RefreshTask, CancellationToken, Task<TaskEnd>> doAsync, CancellationToken stopping)
    {
        foreach (var task in await tasks.OpenAsync(refreshId, kind, stopping))
        {
            using var watch = signal.Listen(task.Id, stopping);
            if (await tasks.CancelRequestedByAsync(refreshId, stopping) is { } person)
            {
                await tasks.CancelOpenAsync(refreshId, new Notice("Scheduling.Canceled", person), stopping);
                return;
            }
            if (await tasks.UpstreamFaultAsync(task, stopping) is { } why)
                await tasks.EndAsync(task.Id, new TaskEnd(RefreshTaskState.Skipped, why), stopping);
            else if (await tasks.BeginAsync(task.Id, stopping))
                await tasks.EndAsync(task.Id, await DoAsync(task, doAsync, watch, stopping), stopping);
        }
    }

    private async Task<TaskEnd> DoAsync(RefreshTask task, Func<RefreshTask, CancellationToken, Task<TaskEnd>> doAsync, RefreshSignal.Watch watch, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var looking = node.HasOthers ? LookForCancelAsync(task, watch, over.Token) : Task.CompletedTask;
        try
        {
            return await doAsync(task, watch.Token);
        }
        catch (Exception) when (watch.CanceledBy is not null && !stopping.IsCancellationRequested)
        {
            return new TaskEnd(RefreshTaskState.Canceled, new Notice("Scheduling.Canceled", watch.CanceledBy));
        }
        catch (NoticeException fault)
        {
            Log.TaskFailed(logger, task.RefreshId!.Value, task.Kind, task.SubjectId, fault.Notice.Code);
            return new TaskEnd(RefreshTaskState.Failed, fault.Notice);
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            Log.TaskBroke(logger, fault, task.RefreshId!.Value, task.Kind, task.SubjectId);
            return new TaskEnd(RefreshTaskState.Failed, new Notice("Scheduling.TaskBroke", fault.GetType().Name));
        }
        finally
        {
            await over.CancelAsync();
            await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Somebody may ask another machine to stop what this one is at.</summary>
    internal async Task LookForCancelAsync(RefreshTask task, RefreshSignal.Watch watch, CancellationToken over)
    {
        using var timer = new PeriodicTimer(BetweenLooks, clock);
        while (await timer.WaitForNextTickAsync(over))
        {
            if (await TryLookAsync(task, over) is { } person)
            {
                watch.Cancel(person);
                return;
            }
        }
    }

    /// <returns>Who wants the task stopped; null when nobody does, or when the store does not answer: the next look will do.</returns>
    private async Task<string?> TryLookAsync(RefreshTask task, CancellationToken over)
    {
        try
        {
            return await tasks.CancelRequestedByAsync(task, over);
        }
        catch (Exception fault) when (StoreFaults.MayPass(fault))
        {
            Log.CancelNotLookedUp(logger, fault, task.RefreshId!.Value);
            return null;
        }
    }

    private async Task<TaskEnd> LoadAsync(RefreshTask task, CancellationToken cancel) => EndOf(await sources.LoadAsync(Actor.System, task.SubjectId, cancel));

    private async Task<TaskEnd> CountAsync(RefreshTask task, CancellationToken cancel) => EndOf(await segments.CountAsync(Actor.System, task.SubjectId, cancel));

    /// <summary>How a load ended.</summary>
    internal static TaskEnd EndOf(Source source) => source.MalformedCount == 0
        ? new TaskEnd(RefreshTaskState.Successful, new Notice("Scheduling.Loaded", source.RowCount), source.RowCount)
        : new TaskEnd(RefreshTaskState.CompletedWithWarnings, new Notice("Scheduling.LoadedMalformed", source.RowCount, source.MalformedCount), source.RowCount);

    /// <summary>How a count ended.</summary>
    internal static TaskEnd EndOf(long members) => new(RefreshTaskState.Successful, new Notice("Scheduling.Counted", members), members);

    private async Task<bool> IsStaleAsync(int refreshId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        var begun = clock.GetUtcNow() - Stale;
        return await db.Set<Refresh>().AnyAsync(refresh => refresh.Id == refreshId && refresh.StartedAt < begun, cancel);
    }
}
