using System.Globalization;

namespace KlaviyoExport.Klaviyo.Rates;

/// <summary>What an answer's headers say of the steady window.</summary>
internal readonly record struct RateFeedback(int Limit, int Remaining, TimeSpan Reset)
{
    /// <summary>Null where the three headers are not all there and sensible; a 429 carries none of them.</summary>
    public static RateFeedback? Of(HttpResponseMessage response) =>
        Number(response, "RateLimit-Limit") is { } limit and > 0
        && Number(response, "RateLimit-Remaining") is { } remaining
        && remaining <= limit
        && Number(response, "RateLimit-Reset") is { } reset
            ? new(limit, remaining, TimeSpan.FromSeconds(reset))
            : null;

    /// <summary>The header's first number; what may follow it (<c>150, 10;w=1, 150;w=60</c>) is a policy, not a count.</summary>
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
