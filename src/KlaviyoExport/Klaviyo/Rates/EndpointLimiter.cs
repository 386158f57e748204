namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>
/// Limits the calls of one quota to one endpoint. Calls pass in the order of their arrival, as soon as both the burst window (one second)
/// and the steady window (one minute) have a free place.
/// </summary>
internal sealed class EndpointLimiter : IDisposable
{
    /// <summary>The time that is added to each window, because clocks differ slightly and timers are not exact.</summary>
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

    /// <summary>Whether no call is waiting or in progress, and Klaviyo has not closed the endpoint with a 429.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _waiting.All(place => place.Task.IsCompleted) && _underWay == 0 && _closedUntil <= Now;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>
    /// Waits until a call may be sent. When the call has ended, the caller must report it with <see cref="Answered"/> or
    /// <see cref="Refused"/>.
    /// </summary>
    /// <exception cref="KlaviyoUnavailableException">
    /// Klaviyo has closed the endpoint for longer than <see cref="KlaviyoRetryOptions.Patience"/>.
    /// </exception>
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

    /// <summary>Reports that a call has failed or got a response other than 429.</summary>
    /// <param name="feedback">The rate limit headers of the response. Null when there are none, or when the call failed.</param>
    public void Answered(RateFeedback? feedback)
    {
        lock (_gate)
        {
            _underWay--;
            _burst.Answered(Now);
            _steady.Answered(Now);
            // Klaviyo gives the reset in whole seconds and may round it down.
            if (feedback is { } learned)
                _steady.Learn(Now, learned.Limit, learned.Remaining, learned.Reset + TimeSpan.FromSeconds(1));
            Serve();
        }
    }

    /// <summary>
    /// Reports that a call got a 429. Such a call does not count against the limits. No further call passes until the wait is over.
    /// </summary>
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
        // A full burst window gets a free place within a second, so check again then. The steady window decides only when the burst
        // window has a free place.
        return _burst.HasPlace(now) ? _steady.NextChange(now) : _burst.NextChange(now);
    }

    private static KlaviyoUnavailableException Closed(TimeSpan wait) =>
        new(UnavailableReason.TooManyRequests, "Klaviyo asked for a long pause.") { Status = 429, RetryAfter = wait };
}
