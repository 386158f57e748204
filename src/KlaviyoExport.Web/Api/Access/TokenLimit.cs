using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Api.Access;

/// <summary>Limits the requests of each token to <see cref="ApiOptions.RequestsPerMinute"/>.</summary>
internal static class TokenLimit
{
    public const string Policy = "api";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>The parts of the window. A refused caller waits for the next one.</summary>
    private const int Segments = 6;

    public static IServiceCollection AddTokenLimit(this IServiceCollection services) =>
        services.AddRateLimiter(limiter =>
        {
            limiter.AddPolicy(
                Policy,
                context =>
                    RateLimitPartition.GetSlidingWindowLimiter(
                        TokenAuthentication.CallerOf(context)?.TokenId ?? 0,
                        _ => new SlidingWindowRateLimiterOptions
                        {
                            PermitLimit = context.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.RequestsPerMinute,
                            Window = Window,
                            SegmentsPerWindow = Segments,
                        }
                    )
            );
            limiter.OnRejected = async (rejected, _) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window / Segments;
                rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                await ApiProblem
                    .Of(
                        StatusCodes.Status429TooManyRequests,
                        "rate-limited",
                        "The token has sent too many requests. Wait as long as the header Retry-After says."
                    )
                    .ExecuteAsync(rejected.HttpContext);
            };
        });
}
