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
    private readonly Queue<TaskCompletionSource<CallTicket>> _waiting = new();
    private readonly KlaviyoTelemetry _telemetry;
    private readonly TravelTimes _travel = new();
    private readonly RateWindow _burst;
    private readonly RateWindow _steady;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly long _epoch;
    private readonly ITimer _timer;
    private readonly string _name;
    private TimeSpan _closedUntil;
    private TimeSpan _closedSince;
    private TimeSpan _blockedSince;
    private TimeSpan? _waitedAt;
    private int _underWay;

    public EndpointLimiter(KlaviyoEndpoint endpoint, TimeSpan patience, KlaviyoTelemetry telemetry, TimeProvider time)
    {
        _burst = new(endpoint.Burst, TimeSpan.FromSeconds(1) + Margin, _travel);
        _steady = new(endpoint.Steady, TimeSpan.FromMinutes(1) + Margin, null);
        (_time, _patience, _telemetry, _epoch, _name) = (time, patience, telemetry, time.GetTimestamp(), endpoint.Name);
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

    /// <summary>What calls wait for. Null when none is waiting and Klaviyo has not closed the endpoint.</summary>
    public LimitWait? Blocked
    {
        get
        {
            lock (_gate)
            {
                var now = Now;
                var isClosed = _closedUntil > now;
                // A call that got a 429 is not in the queue: it waits before its next attempt.
                return isClosed || _waiting.Any(place => !place.Task.IsCompleted)
                    ? new LimitWait(
                        _name,
                        now - (isClosed ? _closedSince : _blockedSince),
                        NextChange(now) - now,
                        isClosed,
                        _steady.ForeignShare(now) > 0
                    )
                    : null;
            }
        }
    }

    /// <summary>How much of the limit per minute is used.</summary>
    public LimitUsage Usage
    {
        get
        {
            lock (_gate)
            {
                var now = Now;
                return new LimitUsage(
                    _name,
                    _steady.Own(now),
                    _steady.LeftToOthers(now),
                    _steady.Limit,
                    _waiting.Any(place => !place.Task.IsCompleted) || now < _waitedAt + TimeSpan.FromMinutes(1),
                    _closedUntil > now
                );
            }
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    /// <summary>
    /// Waits until a call may be sent. When the call has ended, the caller must report it with <see cref="Ended"/> or
    /// <see cref="Refused"/>.
    /// </summary>
    /// <exception cref="KlaviyoUnavailableException">
    /// Klaviyo has closed the endpoint for longer than <see cref="KlaviyoRetryOptions.Patience"/>.
    /// </exception>
    public Task<CallTicket> EnterAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<CallTicket>(cancellationToken);
        var place = new TaskCompletionSource<CallTicket>(Now, TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_waiting.All(other => other.Task.IsCompleted))
                _blockedSince = Now;
            _waiting.Enqueue(place);
            Serve();
            if (!place.Task.IsCompleted)
                _waitedAt = Now;
        }

        return place.Task.IsCompleted || !cancellationToken.CanBeCanceled ? place.Task : WaitAsync(place, cancellationToken);
    }

    /// <summary>Waits until a call may be sent, like <see cref="EnterAsync"/>, and keeps the place until it is sent.</summary>
    public async Task<CallPlace> ReserveAsync(CancellationToken cancellationToken)
    {
        var call = await EnterAsync(cancellationToken);
        lock (_gate)
            call.IsReserved = true;
        return new CallPlace(this, call);
    }

    /// <summary>Reports that a call with a reserved place is sent now.</summary>
    public void Sends(CallTicket call)
    {
        lock (_gate)
            (call.IsReserved, call.SentAt) = (false, Now);
    }

    /// <summary>Reports that a call has failed or got a response other than 429.</summary>
    /// <param name="call">The call.</param>
    /// <param name="isAnswered">Whether it got a response.</param>
    /// <param name="feedback">The rate limit headers of the response. Null when there are none, or when the call failed.</param>
    public void Ended(CallTicket call, bool isAnswered, RateFeedback? feedback)
    {
        lock (_gate)
        {
            _underWay--;
            (call.EndedAt, call.IsAnswered) = (Now, isAnswered);
            if (isAnswered)
                _travel.Observe(Now - call.SentAt, Now);
            // Klaviyo gives the reset in whole seconds and may round it down.
            if (feedback is { } learned)
                _steady.Learn(Now, learned.Limit, learned.Remaining, learned.Reset + TimeSpan.FromSeconds(1));
            Serve();
        }
    }

    /// <summary>
    /// Reports that a call got a 429. Such a call does not count against the limits. No further call passes until the wait is over.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="wait">How long Klaviyo asks to wait.</param>
    public void Refused(CallTicket call, TimeSpan wait)
    {
        lock (_gate)
        {
            _underWay--;
            _burst.Return(call);
            _steady.Return(call);
            _travel.Distrust(Now);
            if (_closedUntil <= Now)
                _closedSince = Now;
            var until = Now + wait;
            if (until > _closedUntil)
                _closedUntil = until;
            Serve();
        }
    }

    /// <summary>Gives the place of a call back that was not sent.</summary>
    public void Return(CallTicket call)
    {
        lock (_gate)
        {
            _underWay--;
            _burst.Return(call);
            _steady.Return(call);
            Serve();
        }
    }

    public void Dispose() => _timer.Dispose();

    private static async Task<CallTicket> WaitAsync(TaskCompletionSource<CallTicket> place, CancellationToken cancellationToken)
    {
        using (cancellationToken.Register(() => place.TrySetCanceled(cancellationToken)))
            return await place.Task;
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

            if (closedFor > TimeSpan.Zero || !HasBurstPlace(now) || !_steady.HasPlace(now))
                break;
            _waiting.Dequeue();
            var call = new CallTicket(now);
            if (first.TrySetResult(call))
            {
                _burst.Take(call);
                _steady.Take(call);
                _underWay++;
                _blockedSince = now;
                _telemetry.Waited(_name, now - (TimeSpan)first.Task.AsyncState!);
            }
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
        return HasBurstPlace(now) ? _steady.NextChange(now) : _burst.NextChange(now);
    }

    // Klaviyo does not tell who uses the burst window, but who uses the steady window uses it too.
    private bool HasBurstPlace(TimeSpan now) => _burst.HasPlace(now, _steady.ForeignShare(now));

    private static KlaviyoUnavailableException Closed(TimeSpan wait) =>
        new(UnavailableReason.TooManyRequests, "Klaviyo asked for a long pause.") { Status = 429, RetryAfter = wait };
}
