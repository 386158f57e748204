using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Runs;

/// <summary>What somebody wants to be told of.</summary>
public enum FeedScope
{
    /// <summary>Every run that begins, changes or ends.</summary>
    Runs,

    /// <summary>Runs, and whatever the rooms above watch besides: refreshes, loads, counts.</summary>
    System,
}

/// <summary>What a watcher is told.</summary>
public enum FeedNews
{
    /// <summary>Something changed, or the store answers again: read anew.</summary>
    Changed,

    /// <summary>The store does not answer: what was read last may be out of date until the next news.</summary>
    Behind,
}

/// <summary>
/// A text that is another one after every change of what a room watches. A room above registers one for <see cref="FeedScope.System"/>.
/// </summary>
public delegate Task<string> ReadMark(AppDb db, CancellationToken cancellationToken);

/// <summary>
/// The one feed of changes for pages: at once when a change happens in this process, within a second when another process made it. The
/// store is looked at once a second for all watchers together, and not at all while nobody watches. A store that does not answer is told as
/// such, and looked at again.
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
    /// News of one run: first at once, then after every change of it; ends with the news of its end. Read the run after each: what changed
    /// before the first is not told.
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
            // Where the store did not say whether the run is over, nobody may tell of the end any more.
            if (isOver is null)
                await Task.Delay(Pace, clock, cancellationToken);
            else
                await watcher.NextAsync(cancellationToken);
        }
    }

    /// <summary>News of all runs, or of the whole system: first at once, then after every change, until the token is cancelled.</summary>
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

    /// <summary>This process has changed a run; the change is in the store.</summary>
    internal void Raise(int runId) => Tell(watcher => watcher.RunId is null || watcher.RunId == runId);

    /// <summary>This process has changed something else that a room watches; the change is in the store.</summary>
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
            // What changes after this look is told by the next.
            await looked.WaitAsync(cancellationToken);
            return watcher;
        }
        catch
        {
            // A reader who leaves during the first look must not keep the feed looking.
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
            // Whatever it is, the feed must go on: a page that waits for it would be stale for good.
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

    /// <returns>Null: the store does not answer.</returns>
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

    /// <param name="System">Null: nobody watches the system.</param>
    private sealed record Seen(Dictionary<int, RunMark> Runs, string? System);

    private sealed class Watcher(ChangeFeed feed, int? runId, FeedScope scope) : IDisposable
    {
        // Several changes are as good as one; a change that is told after a read is still there for the next.
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
