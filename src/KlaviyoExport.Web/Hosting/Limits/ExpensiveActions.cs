using System.Threading.RateLimiting;
using KlaviyoExport.People;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting.Limits;

/// <summary>
/// Bounds how often a person makes the application read a source or ask Klaviyo from an open page. Such actions are no requests of their
/// own, so the policies of <see cref="RateLimits"/> do not see them.
/// </summary>
internal sealed class ExpensiveActions(IOptions<RateLimitOptions> limits) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(person =>
        RateLimitPartition.GetSlidingWindowLimiter(person, _ => RateLimits.Per(TimeSpan.FromMinutes(1), limits.Value.ExpensiveActions))
    );

    /// <summary>Counts an action of the person.</summary>
    /// <exception cref="LocalizedException">The person must wait. The message says how long.</exception>
    public void Count(Actor actor)
    {
        using var lease = _limiter.AttemptAcquire(actor.Id);
        if (!lease.IsAcquired)
            throw new LocalizedException(
                new LocalizedMessage("People.TooManyActions", (int)Math.Ceiling(TooManyRequests.WaitOf(lease).TotalSeconds))
            );
    }

    public void Dispose() => _limiter.Dispose();
}
