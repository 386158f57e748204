using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Scheduling;

/// <summary>
/// Carries out a refresh: loads sources, counts segments and runs exports, in this order. Each step is saved before the next one starts
/// and can be repeated without harm, so an interrupted refresh continues with the interrupted task.
/// </summary>
internal sealed class RefreshExecution(
    IDbContextFactory<AppDb> stores,
    SourceService sources,
    SegmentService segments,
    RefreshTasks tasks,
    RefreshExports exports,
    RefreshSignal signal,
    Node node,
    TimeProvider clock,
    ILogger<RefreshExecution> logger
)
{
    /// <summary>A refresh that started longer ago is not continued, because the sources that it loaded are too old.</summary>
    internal static readonly TimeSpan Stale = TimeSpan.FromHours(12);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Carries out the refresh to its end.</summary>
    /// <exception cref="OperationCanceledException">The process is stopping or has lost the lease. The refresh can be continued
    /// later.</exception>
    public async Task RunAsync(int refreshId, CancellationToken cancellationToken)
    {
        if (await IsStaleAsync(refreshId, cancellationToken))
            await tasks.CancelOpenAsync(refreshId, new LocalizedMessage("Scheduling.NotFinished"), cancellationToken);
        await EachAsync(refreshId, RefreshTaskKind.Source, LoadAsync, cancellationToken);
        await EachAsync(refreshId, RefreshTaskKind.Segment, CountAsync, cancellationToken);
        await exports.RunAsync(refreshId, cancellationToken);
        await tasks.CloseAsync(refreshId, cancellationToken);
        Log.RefreshEnded(logger, refreshId);
    }

    private async Task EachAsync(
        int refreshId,
        RefreshTaskKind kind,
        Func<RefreshTask, CancellationToken, Task<TaskEnd>> doAsync,
        CancellationToken cancellationToken
    )
    {
        foreach (var task in await tasks.OpenAsync(refreshId, kind, cancellationToken))
        {
            using var watch = signal.Listen(task.Id, cancellationToken);
            if (await tasks.CancelRequestedByAsync(refreshId, cancellationToken) is { } person)
            {
                await tasks.CancelOpenAsync(refreshId, new LocalizedMessage("Scheduling.Canceled", person), cancellationToken);
                return;
            }
            if (await tasks.UpstreamFaultAsync(task, cancellationToken) is { } why)
                await tasks.EndAsync(task.Id, new TaskEnd(RefreshTaskState.Skipped, why), cancellationToken);
            else if (await tasks.BeginAsync(task.Id, cancellationToken))
                await tasks.EndAsync(task.Id, await DoAsync(task, doAsync, watch, cancellationToken), cancellationToken);
        }
    }

    private async Task<TaskEnd> DoAsync(
        RefreshTask task,
        Func<RefreshTask, CancellationToken, Task<TaskEnd>> doAsync,
        RefreshSignal.Watch watch,
        CancellationToken cancellationToken
    )
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var looking = node.HasOthers ? LookForCancelAsync(task, watch, over.Token) : Task.CompletedTask;
        try
        {
            return await doAsync(task, watch.Token);
        }
        catch (Exception) when (watch.CanceledBy is not null && !cancellationToken.IsCancellationRequested)
        {
            return new TaskEnd(RefreshTaskState.Canceled, new LocalizedMessage("Scheduling.Canceled", watch.CanceledBy));
        }
        catch (LocalizedException fault)
        {
            Log.TaskFailed(logger, task.RefreshId!.Value, task.Kind, task.SubjectId, fault.LocalizedMessage.Code);
            return new TaskEnd(RefreshTaskState.Failed, fault.LocalizedMessage);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            Log.TaskBroke(logger, fault, task.RefreshId!.Value, task.Kind, task.SubjectId);
            return new TaskEnd(RefreshTaskState.Failed, new LocalizedMessage("Scheduling.TaskBroke", fault.GetType().Name));
        }
        finally
        {
            await over.CancelAsync();
            await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Polls the store for a cancellation that a person requested on another server, and cancels the task.</summary>
    internal async Task LookForCancelAsync(RefreshTask task, RefreshSignal.Watch watch, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BetweenLooks, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (await TryLookAsync(task, cancellationToken) is { } person)
            {
                watch.Cancel(person);
                return;
            }
        }
    }

    /// <returns>The name of the person who requested cancellation. Null when there is none, or when the store is not available; the next
    /// poll tries again.</returns>
    private async Task<string?> TryLookAsync(RefreshTask task, CancellationToken cancellationToken)
    {
        try
        {
            return await tasks.CancelRequestedByAsync(task, cancellationToken);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            Log.CancelNotLookedUp(logger, fault, task.RefreshId!.Value);
            return null;
        }
    }

    private async Task<TaskEnd> LoadAsync(RefreshTask task, CancellationToken cancellationToken) =>
        EndOf(await sources.LoadAsync(Actor.System, task.SubjectId, cancellationToken));

    private async Task<TaskEnd> CountAsync(RefreshTask task, CancellationToken cancellationToken) =>
        EndOf(await segments.CountAsync(Actor.System, task.SubjectId, cancellationToken));

    /// <summary>Returns the result of a load.</summary>
    internal static TaskEnd EndOf(Source source) =>
        source.MalformedCount == 0
            ? new TaskEnd(
                RefreshTaskState.Successful,
                new LocalizedMessage(
                    source.RemoteLoad is { CheckedAt: not null } ? "Scheduling.Unchanged" : "Scheduling.Loaded",
                    source.RowCount
                ),
                source.RowCount
            )
            : new TaskEnd(
                RefreshTaskState.CompletedWithWarnings,
                new LocalizedMessage("Scheduling.LoadedMalformed", source.RowCount, source.MalformedCount),
                source.RowCount
            );

    /// <summary>Returns the result of a count.</summary>
    internal static TaskEnd EndOf(long members) =>
        new(RefreshTaskState.Successful, new LocalizedMessage("Scheduling.Counted", members), members);

    private async Task<bool> IsStaleAsync(int refreshId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var begun = clock.GetUtcNow() - Stale;
        return await db.Set<Refresh>().AnyAsync(refresh => refresh.Id == refreshId && refresh.StartedAt < begun, cancellationToken);
    }
}
