using System.Diagnostics;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.Rates;

namespace KlaviyoExport.Tests.Klaviyo;

public sealed class KlaviyoTelemetryTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly TestMeters _meters = new();
    private readonly EndpointLimiter _limiter;

    public KlaviyoTelemetryTests() =>
        _limiter = new(new KlaviyoEndpoint("test", 1, 5), TimeSpan.FromMinutes(2), new KlaviyoTelemetry(_meters), _clock);

    public void Dispose()
    {
        _limiter.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task The_wait_for_the_rate_limit_is_measured_from_entering_until_the_call_may_be_sent()
    {
        _limiter.Ended(await _limiter.EnterAsync(CancellationToken.None), isAnswered: true, feedback: null);
        var second = _limiter.EnterAsync(CancellationToken.None);

        _clock.Advance(TimeSpan.FromSeconds(3));
        await second;

        Assert.Equal([0, 3], _meters.Of("klaviyo_export.call.limiter_wait"));
    }

    [Fact]
    public async Task Klaviyo_gets_no_trace_ids()
    {
        await using var server = await ScriptedServer.StartAsync(200, Answers.Job);
        using var rig = new ClientRig(server.Address);
        using var outer = new Activity("outer").Start();

        await rig.Client.GetImportJobAsync(rig.Key, "J1", default);

        Assert.DoesNotContain(
            Assert.Single(server.Received).Headers.Keys,
            name => name.StartsWith("trace", StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public void A_call_that_is_canceled_while_it_waits_is_not_measured()
    {
        using var canceled = new CancellationTokenSource();
        _ = _limiter.EnterAsync(CancellationToken.None);
        _ = _limiter.EnterAsync(canceled.Token);

        canceled.Cancel();
        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Single(_meters.Of("klaviyo_export.call.limiter_wait"));
    }
}
