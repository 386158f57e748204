using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>Looks once a second whether a person wants a run stopped; through the store, so it does not matter which process they asked.</summary>
internal sealed class CancelWatch(IDbContextFactory<AppDb> stores, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public Watcher Watch(int runId, CancellationToken stopping) => new(this, runId, stopping);

    private async Task<bool> IsRequestedAsync(int runId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.Runs.AnyAsync(run => run.Id == runId && run.CancelRequestedAt != null, cancel);
    }

    internal sealed class Watcher : IDisposable
    {
        private readonly CancellationTokenSource _source;
        private readonly CancelWatch _watch;
        private readonly ITimer _timer;
        private readonly int _runId;
        private int _looking;

        public Watcher(CancelWatch watch, int runId, CancellationToken stopping)
        {
            (_watch, _runId) = (watch, runId);
            _source = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            _timer = watch.ClockTimer(_ => _ = LookAsync());
        }

        /// <summary>Cancelled when a person asks for it or the process stops.</summary>
        public CancellationToken Token => _source.Token;

        public bool IsCancelRequested { get; private set; }

        public void Dispose()
        {
            _timer.Dispose();
            _source.Dispose();
        }

        private async Task LookAsync()
        {
            // A store that is locked keeps a look waiting for longer than the next is due.
            if (Interlocked.Exchange(ref _looking, 1) == 1)
                return;
            try
            {
                if (!await _watch.IsRequestedAsync(_runId, _source.Token))
                    return;
                IsCancelRequested = true;
                await _source.CancelAsync();
            }
            catch (Exception fault) when (fault is OperationCanceledException or ObjectDisposedException or System.Data.Common.DbException)
            {
                // The run ended meanwhile, or the store is busy: the next look will do.
            }
            finally
            {
                Volatile.Write(ref _looking, 0);
            }
        }
    }

    private ITimer ClockTimer(TimerCallback look) => clock.CreateTimer(look, null, TimeSpan.Zero, Interval);
}
