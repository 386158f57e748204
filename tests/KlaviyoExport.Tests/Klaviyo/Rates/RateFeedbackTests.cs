using KlaviyoExport.Klaviyo.Rates;

namespace KlaviyoExport.Tests.Klaviyo.Rates;

public sealed class RateFeedbackTests
{
    [Theory]
    [InlineData("150", "149", "37", 150, 149, 37)]
    [InlineData("150, 10;w=1, 150;w=60", "0", "1", 150, 0, 1)]
    [InlineData(" 15 ", "15", "0", 15, 15, 0)]
    public void The_three_headers_are_read(
        string limit,
        string remaining,
        string reset,
        int expectedLimit,
        int expectedRemaining,
        int expectedReset
    ) =>
        Assert.Equal(
            new RateFeedback(expectedLimit, expectedRemaining, TimeSpan.FromSeconds(expectedReset)),
            Read(limit, remaining, reset)
        );

    [Theory]
    [InlineData(null, "1", "1")]
    [InlineData("150", null, "1")]
    [InlineData("150", "1", null)]
    [InlineData("0", "0", "1")]
    [InlineData("150", "-1", "1")]
    [InlineData("150", "151", "1")]
    [InlineData("many", "1", "1")]
    public void Missing_or_invalid_headers_are_ignored(string? limit, string? remaining, string? reset) =>
        Assert.Null(Read(limit, remaining, reset));

    private static RateFeedback? Read(string? limit, string? remaining, string? reset)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in new[] { ("RateLimit-Limit", limit), ("RateLimit-Remaining", remaining), ("RateLimit-Reset", reset) })
            if (value is not null)
                response.Headers.TryAddWithoutValidation(name, value);
        return RateFeedback.Of(response);
    }
}
