using System.Data.Common;
using System.Globalization;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Pages.Operations;

/// <summary>
/// Tells pages that something of the system moved: runs, refreshes, loads, counts, whichever process did it. The store is looked at once a second
/// for all watchers together, and not at all while nobody watches.
/// </summary>
internal sealed class SystemPulse(IDbContextFactory<AppDb> stores, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<Watcher> _watchers = [];
    private ITimer? _timer;

    /// <summary>Calls back at every change until it is disposed, and once soon after the beginning, for what changed before.</summary>
    public IDisposable Watch(Action changed)
    {
        var watcher = new Watcher(this, changed);
        lock (_gate)
        {
            _watchers.Add(watcher);
            _timer ??= clock.CreateTimer(_ => _ = BeatAsync(), null, Pace, Timeout.InfiniteTimeSpan);
        }
        return watcher;
    }

    public void Dispose() => _timer?.Dispose();

    private async Task BeatAsync()
    {
        try
        {
            var mark = await MarkAsync();
            Watcher[] behind;
            lock (_gate)
                behind = [.. _watchers.Where(watcher => watcher.Seen != mark)];
            foreach (var watcher in behind)
                watcher.Tell(mark);
        }
        catch (DbException)
        {
            // The store is busy: the next beat will do.
        }
        finally
        {
            lock (_gate)
                _timer?.Change(Pace, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A text that is another one after every change that pages show.</summary>
    private async Task<string> MarkAsync()
    {
        await using var db = await stores.CreateDbContextAsync();
        var runs = await db.Runs.Where(run => run.ActiveExportId != null).OrderBy(run => run.Id).Select(run => new { run.Id, run.Version, run.Done, run.CancelRequestedAt }).ToListAsync();
        var refresh = await db.Refreshes.OrderByDescending(refresh => refresh.Id).Select(refresh => new { refresh.Id, refresh.FinishedAt, refresh.CancelRequestedBy }).FirstOrDefaultAsync();
        var tasks = refresh is null ? [] : await db.RefreshTasks.Where(task => task.RefreshId == refresh.Id).GroupBy(task => task.State).OrderBy(group => group.Key)
            .Select(group => new { group.Key, Count = group.Count() }).ToListAsync();
        var (lastRun, missed) = (await db.Runs.MaxAsync(run => (int?)run.Id), await db.Exports.CountAsync(export => export.MissedAt != null));
        var lastTask = await db.RefreshTasks.MaxAsync(task => (int?)task.Id);
        var sources = await db.Sources.SumAsync(source => source.Version);
        var segments = await db.Segments.MaxAsync(segment => segment.CountedAt);
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join(';', runs)}|{refresh}|{string.Join(';', tasks)}|{lastRun}|{missed}|{lastTask}|{sources}|{segments:O}");
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

    private sealed class Watcher(SystemPulse pulse, Action changed) : IDisposable
    {
        // The beat is everybody's: each is called back in what was theirs when they began to watch, their language above all.
        private readonly ExecutionContext? _own = ExecutionContext.Capture();

        public string? Seen { get; private set; }

        public void Tell(string mark)
        {
            Seen = mark;
            if (_own is null)
                changed();
            else
                ExecutionContext.Run(_own, _ => changed(), null);
        }

        public void Dispose() => pulse.Leave(this);
    }
}
