using KlaviyoExport.Klaviyo.Wire;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>One limiter for each quota and endpoint, shared by everything in this process that calls Klaviyo.</summary>
internal sealed class KlaviyoRateLimits(IOptions<KlaviyoOptions> options, TimeProvider time) : IDisposable
{
    /// <summary>A limiter that nobody asked for in so long has forgotten all its calls, and a new one is as good.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(string Quota, string Endpoint), Entry> _limiters = [];

    /// <summary>How many are kept.</summary>
    internal int Count
    {
        get
        {
            lock (_limiters)
                return _limiters.Count;
        }
    }

    public EndpointLimiter For(KlaviyoCall call)
    {
        var key = (call.Quota, call.Endpoint.Name);
        lock (_limiters)
        {
            if (!_limiters.TryGetValue(key, out var kept))
            {
                Forget();
                _limiters.Add(key, kept = new Entry(new EndpointLimiter(call.Endpoint, options.Value.Retry.Patience, time)));
            }
            kept.AskedAt = time.GetTimestamp();
            return kept.Limiter;
        }
    }

    public void Dispose()
    {
        foreach (var kept in _limiters.Values)
            kept.Limiter.Dispose();
    }

    /// <summary>Keys that were tried once, or replaced, must not add up.</summary>
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
