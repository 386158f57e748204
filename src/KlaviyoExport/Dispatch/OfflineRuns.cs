using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Dispatch;

/// <summary>
/// Executes runs in this process without the scheduler, in the name of <see cref="Actor.Console"/>. Use it only while no server uses the
/// store (<see cref="DirectoryLock"/>).
/// </summary>
public sealed class OfflineRuns
{
    private readonly RunService _runs;
    private readonly RunExecution _execution;
    private readonly IReadOnlyList<FollowRunEnd> _followers;
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly TimeProvider _clock;

    internal OfflineRuns(
        RunService runs,
        RunExecution execution,
        IEnumerable<FollowRunEnd> followers,
        IDbContextFactory<AppDb> stores,
        TimeProvider clock
    ) => (_runs, _execution, _followers, _stores, _clock) = (runs, execution, [.. followers], stores, clock);

    /// <summary>Queues a run of an export. Returns the unfinished run of the export when a server has left one.</summary>
    /// <returns>The id of the run.</returns>
    /// <exception cref="LocalizedException">
    /// The export does not exist or has no connection, or a run of it waits for approval.
    /// </exception>
    public Task<int> StartAsync(int exportId, CancellationToken cancellationToken) =>
        _runs.StartAsync(Actor.Console, exportId, cancellationToken);

    /// <summary>
    /// Executes a run until it ends or waits for approval. After a temporary fault it waits for the time of the retry, as a server does.
    /// </summary>
    /// <exception cref="OperationCanceledException">The run was interrupted. A server resumes it at its next start.</exception>
    public async Task ExecuteAsync(int runId, CancellationToken cancellationToken)
    {
        // A run that a server has left may wait for a retry.
        var next = await RetryOfAsync(runId, cancellationToken);
        do
        {
            if (next - _clock.GetUtcNow() is { } pause && pause > TimeSpan.Zero)
                await Task.Delay(pause, _clock, cancellationToken);
            next = await _execution.RunAsync(runId, cancellationToken);
        } while (next is not null);
        foreach (var follow in _followers)
            await follow(runId, cancellationToken);
    }

    private async Task<DateTimeOffset?> RetryOfAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Run>()
            .Where(run => run.Id == runId && run.State == RunState.FailedRetrying && run.CancelRequestedAt == null)
            .Select(run => run.RetryAt)
            .SingleOrDefaultAsync(cancellationToken);
    }
}
