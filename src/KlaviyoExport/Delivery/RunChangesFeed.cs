using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Tells pages that a run changed: at once when it happened in this process, within a second when another process did it. The store is looked at
/// once a second for all watchers together, and not at all while nobody watches.
/// </summary>
public sealed class RunChangesFeed(IDbContextFactory<AppDb> stores, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly RunState[] Open = [.. Enum.GetValues<RunState>().Where(state => !state.IsFinal())];

    private readonly Lock _gate = new();
    private readonly List<Watcher> _watchers = [];
    private Dictionary<int, Mark> _seen = [];
    private Task _firstLook = Task.CompletedTask;
    private ITimer? _timer;

    /// <summary>
    /// The run's id, first at once and then after every change of it; ends with the change that ended the run. Read the run after each: what comes
    /// before the first is not told.
    /// </summary>
    public async IAsyncEnumerable<int> WatchAsync(int runId, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var watcher = await JoinAsync(runId, cancel);
        bool ended;
        do
        {
            ended = !await IsOpenAsync(runId, cancel);
            yield return runId;
        }
        while (!ended && await watcher.NextAsync(cancel) is not null);
    }

    /// <summary>The id of every run that changes, begins or ends. Read what is shown once more when the enumeration has begun to wait.</summary>
    public async IAsyncEnumerable<int> WatchAllAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await using var watcher = await JoinAsync(null, cancel);
        while (await watcher.NextAsync(cancel) is { } runId)
            yield return runId;
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>A run was changed by this process; the change is in the store.</summary>
    internal void Raise(int runId)
    {
        lock (_gate)
        {
            foreach (var watcher in _watchers.Where(watcher => watcher.RunId is null || watcher.RunId == runId))
                watcher.Tell(runId);
        }
    }

    private async Task<Watcher> JoinAsync(int? runId, CancellationToken cancel)
    {
        var watcher = new Watcher(this, runId);
        Task looked;
        lock (_gate)
        {
            if (_watchers.Count == 0)
            {
                _timer = clock.CreateTimer(_ => _ = LookAsync(tell: true), null, Pace, Timeout.InfiniteTimeSpan);
                _firstLook = LookAsync(tell: false);
            }
            _watchers.Add(watcher);
            looked = _firstLook;
        }
        // What changes after this look is told by the next.
        await looked.WaitAsync(cancel);
        return watcher;
    }

    private void Leave(Watcher watcher)
    {
        lock (_gate)
        {
            _watchers.Remove(watcher);
            if (_watchers.Count > 0)
                return;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private async Task LookAsync(bool tell)
    {
        try
        {
            await using var db = await stores.CreateDbContextAsync(CancellationToken.None);
            var now = await db.Runs.Where(run => Open.Contains(run.State))
                .ToDictionaryAsync(run => run.Id, run => new Mark(run.Version, run.Done, run.CancelRequestedAt), CancellationToken.None);
            var before = Interlocked.Exchange(ref _seen, now);
            if (tell)
            {
                foreach (var (runId, _) in now.Except(before).UnionBy(before.Where(run => !now.ContainsKey(run.Key)), run => run.Key))
                    Raise(runId);
            }
        }
        catch (DbException)
        {
            // The store is busy: the next look will do.
        }
        finally
        {
            if (tell)
            {
                lock (_gate)
                    _timer?.Change(Pace, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private async Task<bool> IsOpenAsync(int runId, CancellationToken cancel)
    {
        await using var db = await stores.CreateDbContextAsync(cancel);
        return await db.Runs.AnyAsync(run => run.Id == runId && Open.Contains(run.State), cancel);
    }

    private readonly record struct Mark(int Version, long Done, DateTimeOffset? CancelRequestedAt);

    private sealed class Watcher(RunChangesFeed feed, int? runId) : IAsyncDisposable
    {
        // Who is slow loses doubles, never the last word: a change that is told after a read is still there for the next.
        private readonly Channel<int> _told = Channel.CreateBounded<int>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });

        public int? RunId => runId;

        public void Tell(int changed) => _told.Writer.TryWrite(changed);

        public async Task<int?> NextAsync(CancellationToken cancel)
        {
            var next = await _told.Reader.ReadAsync(cancel);
            // Of one run, several changes are as good as one.
            while (runId is not null && _told.Reader.TryRead(out _))
            {
            }
            return next;
        }

        public ValueTask DisposeAsync()
        {
            feed.Leave(this);
            return ValueTask.CompletedTask;
        }
    }
}
