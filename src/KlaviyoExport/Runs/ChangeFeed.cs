using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Runs;

/// <summary>The changes that a watcher wants to be notified of.</summary>
public enum FeedScope
{
    /// <summary>The start, the changes and the end of every run.</summary>
    Runs,

    /// <summary>Runs, and what the rooms above register: refreshes, loads and counts.</summary>
    System,
}

/// <summary>A notification to a watcher.</summary>
public enum FeedNews
{
    /// <summary>Something changed, or the store responds again. Read the data again.</summary>
    Changed,

    /// <summary>The store does not respond. The data read last may be out of date until the next notification.</summary>
    Behind,
}

/// <summary>
/// Reads a text that differs after every change of what a room watches. A room above registers one for <see cref="FeedScope.System"/>.
/// </summary>
public delegate Task<string> ReadMark(AppDb db, CancellationToken cancellationToken);

/// <summary>
/// Notifies pages of changes: immediately when this process made the change, within a second when another process did. The store is polled
/// once a second for all watchers together, and not at all without watchers. When the store does not respond, the watchers are told, and
/// polling continues.
/// </summary>
public sealed class ChangeFeed(IDbContextFactory<AppDb> stores, IEnumerable<ReadMark> marks, TimeProvider clock, ILogger<ChangeFeed> logger)
    : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly RunState[] Open = [.. Enum.GetValues<RunState>().Where(state => !state.IsFinal())];

    private readonly Lock _gate = new();
    private readonly List<Watcher> _watchers = [];
    private Seen? _seen;
    private bool _isBehind;
    private Task _firstLook = Task.CompletedTask;
    private ITimer? _timer;

    /// <summary>
    /// Watches one run. The first notification comes immediately, then one after every change, and the last one after the run has ended.
    /// Read the run after each notification.
    /// </summary>
    public async IAsyncEnumerable<FeedNews> WatchAsync(int runId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watcher = await JoinAsync(runId, FeedScope.Runs, cancellationToken);
        while (true)
        {
            var isOver = await IsOverAsync(runId, cancellationToken);
            yield return isOver is null ? FeedNews.Behind : FeedNews.Changed;
            if (isOver == true)
                yield break;
            // While the store does not respond it is unknown whether the run has ended, and its end may not be notified again.
            if (isOver is null)
                await Task.Delay(Pace, clock, cancellationToken);
            else
                await watcher.NextAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Watches all runs or the whole system. The first notification comes immediately, then one after every change, until the token is
    /// canceled.
    /// </summary>
    public async IAsyncEnumerable<FeedNews> WatchAsync(FeedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watcher = await JoinAsync(null, scope, cancellationToken);
        while (true)
        {
            yield return Volatile.Read(ref _isBehind) ? FeedNews.Behind : FeedNews.Changed;
            await watcher.NextAsync(cancellationToken);
        }
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>Reports that this process has changed a run. Call it after the change is stored.</summary>
    internal void Raise(int runId) => Tell(watcher => watcher.RunId is null || watcher.RunId == runId);

    /// <summary>Reports that this process has changed something else that a room watches. Call it after the change is stored.</summary>
    internal void RaiseSystem() => Tell(watcher => watcher.Scope == FeedScope.System);

    private void Tell(Func<Watcher, bool> concerns)
    {
        lock (_gate)
        {
            foreach (var watcher in _watchers.Where(concerns))
                watcher.Tell();
        }
    }

    private async Task<Watcher> JoinAsync(int? runId, FeedScope scope, CancellationToken cancellationToken)
    {
        var watcher = new Watcher(this, runId, scope);
        Task looked;
        lock (_gate)
        {
            _watchers.Add(watcher);
            if (_watchers.Count == 1)
            {
                _seen = null;
                _timer = clock.CreateTimer(_ => _ = LookAsync(), null, Pace, Timeout.InfiniteTimeSpan);
                _firstLook = LookAsync();
            }
            looked = _firstLook;
        }
        try
        {
            // The next poll reports what changes after this one.
            await looked.WaitAsync(cancellationToken);
            return watcher;
        }
        catch
        {
            // A watcher that leaves during the first poll must not keep the feed polling.
            watcher.Dispose();
            throw;
        }
    }

    private void Leave(Watcher watcher)
    {
        lock (_gate)
        {
            if (!_watchers.Remove(watcher) || _watchers.Count > 0)
                return;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var now = await ReadAsync(CancellationToken.None);
            Took(now);
        }
        catch (Exception fault)
        {
            // The feed must continue after any fault: otherwise the pages that wait for it would stay out of date for good.
            if (!StoreFaults.IsTransient(fault))
                Log.LookFailed(logger, fault);
            FellBehind();
        }
        finally
        {
            lock (_gate)
                _timer?.Change(Pace, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task<Seen> ReadAsync(CancellationToken cancellationToken)
    {
        bool system;
        lock (_gate)
            system = _watchers.Exists(watcher => watcher.Scope == FeedScope.System);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var runs = await db.Set<Run>()
            .Where(run => Open.Contains(run.State))
            .ToDictionaryAsync(run => run.Id, run => new RunMark(run.Version, run.Done, run.CancelRequestedAt), cancellationToken);
        var read = new List<string>();
        foreach (var mark in system ? marks : [])
            read.Add(await mark(db, cancellationToken));
        return new Seen(runs, system ? string.Join('|', read) : null);
    }

    private void Took(Seen now)
    {
        Seen? before;
        bool wasBehind;
        lock (_gate)
        {
            (before, _seen) = (_seen, now);
            (wasBehind, _isBehind) = (_isBehind, false);
        }
        if (wasBehind)
        {
            Tell(_ => true);
            return;
        }
        if (before is null)
            return;
        foreach (
            var (runId, _) in now.Runs.Except(before.Runs).UnionBy(before.Runs.Where(run => !now.Runs.ContainsKey(run.Key)), run => run.Key)
        )
            Raise(runId);
        if (now.System != before.System)
            RaiseSystem();
    }

    private void FellBehind()
    {
        lock (_gate)
        {
            if (_isBehind)
                return;
            _isBehind = true;
        }
        Tell(_ => true);
    }

    /// <returns>Null when the store does not respond.</returns>
    private async Task<bool?> IsOverAsync(int runId, CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await stores.CreateDbContextAsync(cancellationToken);
            return !await db.Set<Run>().AnyAsync(run => run.Id == runId && Open.Contains(run.State), cancellationToken);
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault) && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private readonly record struct RunMark(int Version, long Done, DateTimeOffset? CancelRequestedAt);

    /// <param name="System">Null when there are no watchers of the system.</param>
    private sealed record Seen(Dictionary<int, RunMark> Runs, string? System);

    private sealed class Watcher(ChangeFeed feed, int? runId, FeedScope scope) : IDisposable
    {
        // Several changes may be reported as one. A change that is reported after a read remains for the next read.
        private readonly Channel<bool> _told = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );

        public int? RunId => runId;

        public FeedScope Scope => scope;

        public void Tell() => _told.Writer.TryWrite(true);

        public async ValueTask NextAsync(CancellationToken cancellationToken) => await _told.Reader.ReadAsync(cancellationToken);

        public void Dispose() => feed.Leave(this);
    }
}
