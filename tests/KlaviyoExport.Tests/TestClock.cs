using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace KlaviyoExport.Tests;

/// <summary>
/// The framework's fake clock with a count of waiting timers, so that a test can wait for a timer before it moves the clock.
/// </summary>
public sealed class TestClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly ConcurrentDictionary<CountedTimer, bool> _timers = [];

    /// <summary>Starts on Sunday 22 November 2026, 12:00 UTC.</summary>
    public TestClock()
        : this(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero)) { }

    public int WaitingTimers => _timers.Values.Count(waits => waits);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new CountedTimer(this);
        timer.Start(state => base.CreateTimer(state, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan), callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class CountedTimer(TestClock clock) : ITimer
    {
        private ITimer _timer = default!;
        private bool _repeats;

        public void Start(Func<TimerCallback, ITimer> create, TimerCallback callback, object? state) =>
            _timer = create(_ =>
            {
                if (!_repeats)
                    clock._timers.TryUpdate(this, false, true);
                callback(state);
            });

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _repeats = period != Timeout.InfiniteTimeSpan && period != TimeSpan.Zero;
            clock._timers[this] = dueTime != Timeout.InfiniteTimeSpan;
            return _timer.Change(dueTime, period);
        }

        public void Dispose()
        {
            clock._timers.TryRemove(this, out _);
            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
