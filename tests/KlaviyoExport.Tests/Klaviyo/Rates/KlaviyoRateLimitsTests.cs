using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Klaviyo.Wire;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests.Klaviyo.Rates;

public sealed class KlaviyoRateLimitsTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly KlaviyoRateLimits _limits;

    public KlaviyoRateLimitsTests() =>
        _limits = new KlaviyoRateLimits(Options.Create(new KlaviyoOptions()), new KlaviyoTelemetry(new TestMeters()), _clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _limits.Dispose();

    [Fact]
    public void A_quota_and_endpoint_have_one_limiter()
    {
        Assert.Same(_limits.For(Call("a")), _limits.For(Call("a")));
        Assert.NotSame(_limits.For(Call("a")), _limits.For(Call("b")));
    }

    [Fact]
    public void Keys_that_were_tried_once_are_not_kept()
    {
        for (var number = 0; number < 100; number++)
        {
            _limits.For(Call($"key {number}"));
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.InRange(_limits.Count, 1, 12);
    }

    [Fact]
    public void The_longest_wait_of_a_quota_is_found()
    {
        Assert.Null(_limits.Blocked("a"));
        foreach (var quota in new[] { "a", "b" })
        {
            for (var call = 0; call < 76; call++)
                _ = _limits.For(Call(quota)).EnterAsync(Cancel);
            _clock.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.Equal(TimeSpan.FromSeconds(6), _limits.Blocked("a")?.For);
        Assert.Equal(TimeSpan.FromSeconds(3), _limits.Blocked("b")?.For);
        Assert.Null(_limits.Blocked("c"));
    }

    [Fact]
    public async Task A_limiter_is_kept_while_a_call_is_in_progress()
    {
        var limiter = _limits.For(Call("slow"));
        await limiter.EnterAsync(Cancel);
        _clock.Advance(KlaviyoRateLimits.Kept * 2);
        _limits.For(Call("another"));

        Assert.Same(limiter, _limits.For(Call("slow")));
    }

    [Fact]
    public void An_unused_limiter_is_removed_when_its_time_is_over()
    {
        var limiter = _limits.For(Call("unused"));

        _clock.Advance(KlaviyoRateLimits.Kept);
        _limits.For(Call("another"));
        Assert.Equal(2, _limits.Count);
        _clock.Advance(TimeSpan.FromTicks(1));
        _limits.For(Call("a third"));
        Assert.Equal(2, _limits.Count);
        Assert.NotSame(limiter, _limits.For(Call("unused")));
    }

    private static KlaviyoCall Call(string quota) =>
        new(KlaviyoEndpoint.GetLists, KlaviyoCredential.FromPrivateKey("pk_1", quota), null, new CallAttempts());
}
