namespace KlaviyoExport.Sandbox.RateLimits;

/// <summary>The decision about one call: allowed, with the state of the steady window, or refused, with the time to wait.</summary>
internal readonly record struct Throttled(int? RetryAfterSeconds, int Limit, int Remaining, int ResetSeconds);

/// <summary>
/// Applies fixed windows for each owner and endpoint. Windows start at full seconds, minutes and days of the clock, not with the first
/// call, and all of them apply at the same time. A refused call does not count.
/// </summary>
internal sealed class Throttle(TimeProvider clock)
{
    private readonly Dictionary<(string Owner, string Endpoint, long Seconds), Window> _windows = [];

    private readonly List<OtherClient> _others = [];

    /// <summary>The results of the calls of other clients so far.</summary>
    public SandboxOtherClients Others { get; private set; } = new(0, 0);

    /// <summary>Allows all calls, for tests that are not about limits.</summary>
    public bool Off { get; set; }

    public Throttled Take(string owner, string endpoint, Quota quota)
    {
        var now = clock.GetUtcNow();
        // First make the calls of other clients that are due, in order of time. They may have used up the window.
        foreach (var other in _others.Where(other => other.Owner == owner && other.Endpoint == endpoint))
            for (; other.Next <= now; other.Made())
                Others = Take(owner, endpoint, quota, other.Next).RetryAfterSeconds is null
                    ? Others with
                    {
                        Served = Others.Served + 1,
                    }
                    : Others with
                    {
                        Throttled = Others.Throttled + 1,
                    };
        return Take(owner, endpoint, quota, now);
    }

    /// <summary>Another client of the same account starts to make calls.</summary>
    public void Join(string owner, string endpoint, int callsPerSecond) =>
        _others.Add(new(owner, endpoint, callsPerSecond, clock.GetUtcNow()));

    /// <summary>All other clients stop.</summary>
    public void Leave() => _others.Clear();

    private Throttled Take(string owner, string endpoint, Quota quota, DateTimeOffset now)
    {
        var burst = At(owner, endpoint, 1, now);
        var steady = At(owner, endpoint, 60, now);
        var daily = quota.Daily is null ? null : At(owner, endpoint, 86_400, now);
        if (!Off)
        {
            var wait = Math.Max(Wait(burst, quota.Burst, 1, now), Wait(steady, quota.Steady, 60, now));
            if (daily is not null)
                wait = Math.Max(wait, Wait(daily, quota.Daily!.Value, 86_400, now));
            if (wait > 0)
                return new(wait, quota.Steady, 0, 0);
        }
        burst.Used++;
        steady.Used++;
        if (daily is not null)
            daily.Used++;
        return new(null, quota.Steady, Math.Max(0, quota.Steady - steady.Used), Left(60, now));
    }

    /// <summary>Uses up calls of the current minute, as another client of the same account would.</summary>
    public void UseUp(string owner, string endpoint, int calls) => At(owner, endpoint, 60, clock.GetUtcNow()).Used += calls;

    private Window At(string owner, string endpoint, long seconds, DateTimeOffset now)
    {
        var key = (owner, endpoint, seconds);
        var number = now.ToUnixTimeSeconds() / seconds;
        if (!_windows.TryGetValue(key, out var window) || window.Number != number)
            _windows[key] = window = new Window(number);
        return window;
    }

    private static int Wait(Window window, int limit, int seconds, DateTimeOffset now) => window.Used < limit ? 0 : Left(seconds, now);

    private static int Left(int seconds, DateTimeOffset now)
    {
        var into = now.ToUnixTimeMilliseconds() % (seconds * 1000L);
        return (int)Math.Ceiling(((seconds * 1000L) - into) / 1000.0);
    }

    private sealed class Window(long number)
    {
        public long Number { get; } = number;

        public int Used { get; set; }
    }
}
