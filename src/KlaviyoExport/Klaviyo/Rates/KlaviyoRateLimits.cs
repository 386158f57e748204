using System.Collections.Concurrent;
using KlaviyoExport.Klaviyo.Wire;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>One limiter for each quota and endpoint, shared by everything in this process that calls Klaviyo.</summary>
internal sealed class KlaviyoRateLimits(IOptions<KlaviyoOptions> options, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<(string Quota, string Endpoint), Lazy<EndpointLimiter>> _limiters = new();

    public EndpointLimiter For(KlaviyoCall call) => _limiters.GetOrAdd(
        (call.Quota, call.Endpoint.Name),
        _ => new(() => new EndpointLimiter(call.Endpoint, options.Value.Retry.Patience, time))).Value;

    public void Dispose()
    {
        foreach (var limiter in _limiters.Values)
            limiter.Value.Dispose();
    }
}
