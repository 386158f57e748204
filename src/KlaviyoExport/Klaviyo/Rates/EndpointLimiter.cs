namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>
/// Lets the calls of one quota to one endpoint pass, first come first served, as fast as both windows allow and never faster.
/// </summary>
internal sealed class EndpointLimiter : IDisposable
{
    /// <summary>Clocks differ a little and timers are coarse; a window is held to be this much longer than it is.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private readonly RateWindow _burst;
    private readonly RateWindow _steady;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly long _epoch;
    private readonly ITimer _timer;
    private TimeSpan _closedUntil;
    private int _underWay;

    public EndpointLimiter(KlaviyoEndpoint endpoint, TimeSpan patience, TimeProvider time)
    {
        _burst = new(endpoint.Burst, TimeSpan.FromSeconds(1) + Margin);
        _steady = new(endpoint.Steady, TimeSpan.FromMinutes(1) + Margin);
        (_time, _patience, _epoch) = (time, patience, time.GetTimestamp());
        _timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Nobody waits, no call is under way, and Klaviyo has not closed the endpoint.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _waiting.All(place => place.Task.IsCompleted) && _underWay == 0 && _closedUntil <= Now;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>Waits for a place; whoever got one must say <see cref="Answered"/>.</summary>
    /// <exception cref="KlaviyoUnavailableException">Klaviyo closed the endpoint for longer than anyone should wait in place.</exception>
    public Task EnterAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);
        var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue(place);
            Serve();
        }

        return place.Task.IsCompleted || !cancellationToken.CanBeCanceled ? place.Task : WaitAsync(place, cancellationToken);
    }

    /// <summary>The call is over, with what its answer said of the limits: nothing, after a failure.</summary>
    public void Answered(RateFeedback? feedback)
    {
        lock (_gate)
        {
            _underWay--;
            _burst.Answered(Now);
            _steady.Answered(Now);
            // Reset is whole seconds and may be rounded down.
            if (feedback is { } learned)
                _steady.Learn(Now, learned.Limit, learned.Remaining, learned.Reset + TimeSpan.FromSeconds(1));
            Serve();
        }
    }

    /// <summary>The call is over with a 429, which uses nothing up: nobody passes until Klaviyo opens again.</summary>
    public void Refused(TimeSpan wait)
    {
        lock (_gate)
        {
            _underWay--;
            _burst.Return();
            _steady.Return();
            var until = Now + wait;
            if (until > _closedUntil)
                _closedUntil = until;
            Serve();
        }
    }

    public void Dispose() => _timer.Dispose();

    private static async Task WaitAsync(TaskCompletionSource place, CancellationToken cancellationToken)
    {
        using (cancellationToken.Register(() => place.TrySetCanceled(cancellationToken)))
            await place.Task;
    }

    private void Look()
    {
        lock (_gate)
            Serve();
    }

    private void Serve()
    {
        var now = Now;
        var closedFor = _closedUntil - now;
        while (_waiting.TryPeek(out var first))
        {
            if (first.Task.IsCompleted)
            {
                _waiting.Dequeue();
                continue;
            }

            if (closedFor > _patience)
            {
                _waiting.Dequeue().TrySetException(Closed(closedFor));
                continue;
            }

            if (closedFor > TimeSpan.Zero || !_burst.HasPlace(now) || !_steady.HasPlace(now))
                break;
            _waiting.Dequeue();
            _burst.Take();
            _steady.Take();
            if (first.TrySetResult())
            {
                _underWay++;
                continue;
            }
            _burst.Return();
            _steady.Return();
        }

        if (_waiting.Count > 0 && NextChange(now) is { } next)
            _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((next - now).TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }

    private TimeSpan? NextChange(TimeSpan now)
    {
        if (_closedUntil > now)
            return _closedUntil;
        // A full burst window moves within a second; only where it has a place does the steady one decide.
        return _burst.HasPlace(now) ? _steady.NextChange(now) : _burst.NextChange(now);
    }

    private static KlaviyoUnavailableException Closed(TimeSpan wait) =>
        new(UnavailableReason.TooManyRequests, "Klaviyo asked for a long pause.") { Status = 429, RetryAfter = wait };
}
