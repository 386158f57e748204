using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo.Rates;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Runs;

/// <summary>
/// Stores the progress of a run: at most twice a second, to limit the load on the store, and at least every two seconds, so that a page on
/// any server can tell what the run waits for. Several tasks of the run may use it at once. Dispose it when the stage ends.
/// </summary>
internal sealed class RunProgress : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(2);

    private readonly IDbContextFactory<AppDb> _stores;
    private readonly ChangeFeed _changes;
    private readonly KlaviyoRateLimits _limits;
    private readonly TimeProvider _clock;
    private readonly RunClaim _claim;
    private readonly string _quota;
    private readonly RunMeters _meters;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _storing = new(1);
    private readonly ITimer _timer;
    private volatile Shown _shown;
    private long _storedAt;
    private volatile bool _hasStored;
    private volatile bool _isLost;
    private int _isDisposed;

    internal RunProgress(
        IDbContextFactory<AppDb> stores,
        ChangeFeed changes,
        KlaviyoRateLimits limits,
        TimeProvider clock,
        RunClaim claim,
        string quota,
        Stage stage,
        long? total
    )
    {
        (_stores, _changes, _limits, _clock, _claim, _quota) = (stores, changes, limits, clock, claim, quota);
        _shown = new Shown(stage, total);
        _meters = new RunMeters(clock);
        _timer = clock.CreateTimer(_ => _ = BeatAsync(), null, Beat, Beat);
    }

    /// <summary>Continues with another stage, which must have been entered in the store already.</summary>
    /// <param name="total">The number of members or profiles of the stage. Null while it is not known.</param>
    public void Enter(Stage stage, long? total) => _shown = new Shown(stage, total);

    /// <summary>Reports the progress of the current stage.</summary>
    /// <inheritdoc cref="ReportAsync(Stage, long, CancellationToken)"/>
    public ValueTask ReportAsync(long done, CancellationToken cancellationToken) => ReportAsync(_shown.Stage, done, cancellationToken);

    /// <summary>Reports the progress of a step. The steps of a run may overlap.</summary>
    /// <param name="step">Prepare for members read, or the stage in which profiles are sent, confirmed or removed.</param>
    /// <param name="done">How many it has done, including those that were done before.</param>
    /// <param name="cancellationToken">Cancels the store operation.</param>
    /// <exception cref="RunTakenOverException">The execution has lost its claim.</exception>
    public ValueTask ReportAsync(Stage step, long done, CancellationToken cancellationToken)
    {
        _meters.Count(step, done);
        if (_isLost)
            throw new RunTakenOverException();
        return IsDue(Interval) ? StoreAsync(cancellationToken) : ValueTask.CompletedTask;
    }

    /// <summary>Says what the run waits for. It is stored when the wait has lasted for two seconds.</summary>
    public void Waits(RunWait wait) => _meters.Wait(wait);

    /// <summary>Says that the run writes results to the store, which can take long.</summary>
    public void WaitsForStore() => _meters.Wait(new RunWait(RunWaitKind.Store, _clock.GetUtcNow()));

    /// <summary>Says that a wait is over.</summary>
    public void Resumes(RunWaitKind kind) => _meters.Resume(kind);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
            return;
        await _timer.DisposeAsync();
        await _end.CancelAsync();
        // Nothing is stored any more after the stage has ended. The semaphore has no wait handle, so it needs no disposal.
        await _storing.WaitAsync();
        _end.Dispose();
    }

    private bool IsDue(TimeSpan interval) => !_hasStored || _clock.GetElapsedTime(Volatile.Read(ref _storedAt)) >= interval;

    private async Task BeatAsync()
    {
        var (stage, total) = _shown;
        _meters.Read(stage, total, null);
        if (_isLost || !IsDue(LongestSilence))
            return;
        try
        {
            await StoreAsync(_end.Token);
        }
        catch (Exception fault)
            when (fault is OperationCanceledException or ObjectDisposedException or RunTakenOverException || StoreFaults.IsTransient(fault))
        {
            // The stage has ended, the next report tells that the claim is lost, or the store is busy and the next beat tries again.
        }
    }

    private async ValueTask StoreAsync(CancellationToken cancellationToken)
    {
        // Another task is storing. What this one has reported is stored next time.
        if (!_storing.Wait(0, CancellationToken.None))
            return;
        try
        {
            Volatile.Write(ref _storedAt, _clock.GetTimestamp());
            _hasStored = true;
            var (stage, total) = _shown;
            var (done, reading) = (_meters.DoneOf(stage), _meters.Read(stage, total, _limits.Blocked(_quota)));
            await using var db = await _stores.CreateDbContextAsync(cancellationToken);
            await using var transaction = await _claim.BeginAsync(db, cancellationToken);
            await db.Set<Run>()
                .Where(run => run.Id == _claim.RunId && run.Stage == stage)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(run => run.Done, done)
                            .SetProperty(run => run.Total, total)
                            .SetProperty(run => run.Reading, reading),
                    cancellationToken
                );
            await transaction.CommitAsync(cancellationToken);
        }
        catch (RunTakenOverException)
        {
            _isLost = true;
            throw;
        }
        finally
        {
            _storing.Release();
        }
        _changes.Raise(_claim.RunId);
    }

    private sealed record Shown(Stage Stage, long? Total);
}
