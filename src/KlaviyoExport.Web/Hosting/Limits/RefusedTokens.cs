using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting.Limits;

/// <summary>
/// Counts the requests of a network address without a valid token. Requests with a valid token from the same address are not affected.
/// </summary>
internal sealed class RefusedTokens(IOptions<RateLimitOptions> limits) : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _limiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
        RateLimitPartition.GetSlidingWindowLimiter(
            NetworkAddress.Of(context),
            _ => RateLimits.Per(TimeSpan.FromMinutes(1), limits.Value.RefusedTokens)
        )
    );

    /// <summary>Counts one request.</summary>
    /// <returns>The lease. It is not acquired when the address has sent too many such requests.</returns>
    public RateLimitLease Count(HttpContext context) => _limiter.AttemptAcquire(context);

    public void Dispose() => _limiter.Dispose();
}
