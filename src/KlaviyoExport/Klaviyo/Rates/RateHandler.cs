using System.Net;
using KlaviyoExport.Klaviyo.Resilience;
using KlaviyoExport.Klaviyo.Wire;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>Delays each attempt until the rate limits allow it, and reports its response to the limiter.</summary>
internal sealed class RateHandler(KlaviyoRateLimits limits, TimeProvider time, ILogger<KlaviyoClient> log) : DelegatingHandler
{
    /// <summary>The wait after a 429 without a Retry-After header: the length of the burst window.</summary>
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(1);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = KlaviyoCall.Of(request);
        var limiter = limits.For(call);
        var ticket = call.Place?.Take() ?? await limiter.EnterAsync(cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            return response = await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            if (response?.StatusCode == HttpStatusCode.TooManyRequests)
            {
                var wait = RetryAfterHeader.Of(response, time) ?? DefaultWait;
                Log.RateLimited(log, call.Endpoint.Name, wait);
                limiter.Refused(ticket, wait);
            }
            else
            {
                limiter.Ended(ticket, response is not null, response is null ? null : RateFeedback.Of(response));
            }
        }
    }
}
