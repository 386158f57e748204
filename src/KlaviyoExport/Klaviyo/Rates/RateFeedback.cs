using System.Globalization;

namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>The rate limit headers of a response. They describe the steady window.</summary>
/// <param name="Limit">The maximum number of calls in the window.</param>
/// <param name="Remaining">The number of calls that are left in the window.</param>
/// <param name="Reset">The time until the window ends.</param>
internal readonly record struct RateFeedback(int Limit, int Remaining, TimeSpan Reset)
{
    /// <summary>Reads the three headers. Null when one is missing or invalid. A 429 response has none of them.</summary>
    public static RateFeedback? Of(HttpResponseMessage response) =>
        Number(response, "RateLimit-Limit") is { } limit and > 0
        && Number(response, "RateLimit-Remaining") is { } remaining
        && remaining <= limit
        && Number(response, "RateLimit-Reset") is { } reset
            ? new(limit, remaining, TimeSpan.FromSeconds(reset))
            : null;

    /// <summary>
    /// Returns the first number of a header. Text after it, as in <c>150, 10;w=1, 150;w=60</c>, describes the policy.
    /// </summary>
    private static int? Number(HttpResponseMessage response, string header)
    {
        if (!response.Headers.TryGetValues(header, out var values))
            return null;
        var first = values.First().AsSpan();
        var end = first.IndexOfAny(',', ';');
        return int.TryParse(
            end < 0 ? first : first[..end],
            NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;
    }
}
