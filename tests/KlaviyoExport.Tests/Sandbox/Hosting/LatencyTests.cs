using System.ComponentModel.DataAnnotations;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Tests.Sandbox.Hosting;

public sealed class LatencyTests
{
    private static readonly TimeSpan Latency = TimeSpan.FromSeconds(0.8);

    [Fact]
    public async Task Every_answer_comes_after_the_latency_and_the_work_is_done_before()
    {
        await using var session = await SandboxSession.Start(o => o.Latency = Latency);
        var call = session.Import(Imports.Of(PracticeStore.WinBack, "a@example.org"));
        await Patience.UntilAsync(() => session.State.Jobs().Count == 1);
        await Patience.UntilAsync(() => session.Clock.WaitingTimers > 1);
        session.Clock.Advance(Latency - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        session.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await call;
    }

    [Fact]
    public async Task Calls_count_against_their_limit_when_they_arrive()
    {
        await using var session = await SandboxSession.Start(o => o.Latency = TimeSpan.FromSeconds(5));
        var calls = Enumerable.Range(0, 12).Select(_ => session.Send("GET", "/api/profile-bulk-import-jobs")).ToList();
        await Patience.UntilAsync(() => session.Clock.WaitingTimers == 12);
        session.Clock.Advance(TimeSpan.FromSeconds(5));
        var answers = await Task.WhenAll(calls);
        Assert.Equal(10, answers.Count(answer => (int)answer.StatusCode == 200));
        Assert.Equal(2, answers.Count(answer => (int)answer.StatusCode == 429));
    }

    [Fact]
    public async Task Hundreds_of_calls_wait_together()
    {
        await using var session = await SandboxSession.Start(o => o.Latency = TimeSpan.FromSeconds(10));
        session.State.Faults.Add(new Fault(FaultKind.LimitsOff));
        var calls = Enumerable.Range(0, 200).Select(_ => session.Send("GET", "/api/accounts")).ToList();
        await Patience.UntilAsync(() => session.Clock.WaitingTimers == 200);
        session.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal(200, (int)answer.StatusCode));
    }

    [Fact]
    public async Task The_token_endpoint_has_the_latency_too()
    {
        await using var session = await SandboxSession.Start(o => o.Latency = Latency);
        using var client = new HttpClient { BaseAddress = session.Server.BaseAddress };
        var call = client.PostAsync("/oauth/token", new FormUrlEncodedContent([]), TestContext.Current.CancellationToken);
        await Patience.UntilAsync(() => session.Clock.WaitingTimers == 1);
        Assert.False(call.IsCompleted);
        session.Clock.Advance(Latency);
        Assert.Equal(401, (int)(await call).StatusCode);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10.001)]
    public Task A_latency_is_between_0_and_10_seconds(double seconds) =>
        Assert.ThrowsAsync<ValidationException>(() => SandboxSession.Start(o => o.Latency = TimeSpan.FromSeconds(seconds)));

    [Fact]
    public Task A_job_takes_at_most_10_minutes() =>
        Assert.ThrowsAsync<ValidationException>(() => SandboxSession.Start(o => o.JobDuration = TimeSpan.FromMinutes(11)));
}
