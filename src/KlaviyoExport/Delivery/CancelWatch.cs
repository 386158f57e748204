using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Checks once a second whether a person has asked to cancel a run, or another execution has claimed it. The request is read from the
/// store, so it can be made on any server.
/// </summary>
internal sealed class CancelWatch(IDbContextFactory<AppDb> stores, RunClaims claims, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public Watcher Watch(RunClaim claim, CancellationToken cancellationToken) => new(this, claim, cancellationToken);

    private async Task<bool> IsRequestedAsync(int runId, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        return await db.Set<Run>().AnyAsync(run => run.Id == runId && run.CancelRequestedAt != null, cancellationToken);
    }

    private Task<bool> IsHeldAsync(RunClaim claim, CancellationToken cancellationToken) => claims.IsHeldAsync(claim, cancellationToken);

    internal sealed class Watcher : IDisposable
    {
        private readonly CancellationTokenSource _source;
        private readonly CancelWatch _watch;
        private readonly ITimer _timer;
        private readonly RunClaim _claim;
        private int _looking;

        public Watcher(CancelWatch watch, RunClaim claim, CancellationToken cancellationToken)
        {
            (_watch, _claim) = (watch, claim);
            _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _timer = watch.ClockTimer(_ => _ = LookAsync());
        }

        /// <summary>Is canceled when a person asks to cancel the run, another execution has claimed it, or the process stops.</summary>
        public CancellationToken Token => _source.Token;

        public bool IsCancelRequested { get; private set; }

        public void Dispose()
        {
            _timer.Dispose();
            _source.Dispose();
        }

        private async Task LookAsync()
        {
            // When the store is locked, a check can take longer than the interval between checks.
            if (Interlocked.Exchange(ref _looking, 1) == 1)
                return;
            try
            {
                if (await _watch.IsRequestedAsync(_claim.RunId, _source.Token))
                    IsCancelRequested = true;
                else if (await _watch.IsHeldAsync(_claim, _source.Token))
                    return;
                await _source.CancelAsync();
            }
            catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException || StoreFaults.IsTransient(fault))
            {
                // The run has ended in the meantime, or the store is busy. The next check tries again.
            }
            finally
            {
                Volatile.Write(ref _looking, 0);
            }
        }
    }

    private ITimer ClockTimer(TimerCallback look) => clock.CreateTimer(look, null, TimeSpan.Zero, Interval);
}
