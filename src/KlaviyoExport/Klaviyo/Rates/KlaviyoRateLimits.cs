using KlaviyoExport.Klaviyo.Wire;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>Keeps one limiter for each quota and endpoint. All calls of this process share them.</summary>
internal sealed class KlaviyoRateLimits(IOptions<KlaviyoOptions> options, KlaviyoTelemetry telemetry, TimeProvider time) : IDisposable
{
    /// <summary>
    /// How long an unused limiter is kept. After this time its windows contain no calls, so a new limiter behaves in the same way.
    /// </summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(string Quota, string Endpoint), Entry> _limiters = [];

    /// <summary>The number of limiters in memory.</summary>
    internal int Count
    {
        get
        {
            lock (_limiters)
                return _limiters.Count;
        }
    }

    /// <summary>Returns the limiter for the quota and endpoint of a call.</summary>
    public EndpointLimiter For(KlaviyoCall call) => For(call.Credential, call.Endpoint);

    /// <summary>Returns the limiter for the quota of a credential and an endpoint.</summary>
    public EndpointLimiter For(KlaviyoCredential credential, KlaviyoEndpoint endpoint)
    {
        var key = (credential.Quota, endpoint.Name);
        lock (_limiters)
        {
            if (!_limiters.TryGetValue(key, out var kept))
            {
                Forget();
                _limiters.Add(key, kept = new Entry(new EndpointLimiter(endpoint, options.Value.Retry.Patience, telemetry, time)));
            }
            kept.AskedAt = time.GetTimestamp();
            return kept.Limiter;
        }
    }

    /// <summary>Returns the endpoint of a quota at which calls have been waiting longest. Null when no call is waiting.</summary>
    public LimitWait? Blocked(string quota)
    {
        lock (_limiters)
            return _limiters
                .Where(pair => pair.Key.Quota == quota)
                .Select(pair => pair.Value.Limiter.Blocked)
                .OfType<LimitWait>()
                .MaxBy(wait => wait.For);
    }

    /// <summary>Returns how much of the limits of a quota is used, for each endpoint that was called lately.</summary>
    public IReadOnlyList<LimitUsage> UsageOf(string quota)
    {
        lock (_limiters)
            return [.. _limiters.Where(pair => pair.Key.Quota == quota).Select(pair => pair.Value.Limiter.Usage)];
    }

    public void Dispose()
    {
        foreach (var kept in _limiters.Values)
            kept.Limiter.Dispose();
    }

    /// <summary>Removes unused limiters, so that those of replaced keys, or of keys that were used once, do not accumulate.</summary>
    private void Forget()
    {
        foreach (
            var (key, kept) in _limiters.Where(pair => time.GetElapsedTime(pair.Value.AskedAt) > Kept && pair.Value.Limiter.IsIdle).ToList()
        )
        {
            _limiters.Remove(key);
            kept.Limiter.Dispose();
        }
    }

    private sealed class Entry(EndpointLimiter limiter)
    {
        public EndpointLimiter Limiter { get; } = limiter;

        public long AskedAt { get; set; }
    }
}
