using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Tests.Klaviyo;

/// <summary>
/// The client with the sandbox's rate limits, whose windows begin with each second and minute of the clock. The clock is advanced while calls
/// are on their way, so no other tests may take the processors meanwhile.
/// </summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class KlaviyoRateTests
{
    [Fact, Trait(Needs.Trait, Needs.Time)]
    public async Task A_burst_by_one_client_never_gets_a_429()
    {
        await using var klaviyo = await SandboxFixture.StartAsync();

        var answers = await AtOnceAsync(klaviyo, 25);

        Assert.All(answers, answer => Assert.Equal(KlaviyoRefusalKind.NotFound, answer.Refusal?.Kind));
        Assert.Equal(Enumerable.Repeat(404, 25), klaviyo.Statuses);
    }

    [Theory, Trait(Needs.Trait, Needs.Time)]
    [InlineData(0)]
    [InlineData(59)]
    public async Task Minutes_of_calls_never_get_a_429(int secondsIntoTheMinute)
    {
        var clock = new TestClock(new DateTimeOffset(2026, 11, 22, 12, 0, secondsIntoTheMinute, 500, TimeSpan.Zero));
        await using var klaviyo = await SandboxFixture.StartAsync(clock, ("Klaviyo:Retry:TryTimeout", "00:10:00"));

        await Pace.AdvanceUntilAsync(clock, AtOnceAsync(klaviyo, 400));

        Assert.Equal(Enumerable.Repeat(404, 400), klaviyo.Statuses);
    }

    [Fact]
    public async Task When_another_client_uses_up_the_steady_limit_the_headers_stop_our_calls()
    {
        var clock = new TestClock();
        await using var klaviyo = await SandboxFixture.StartAsync(clock, ("Klaviyo:Retry:TryTimeout", "00:10:00"));
        klaviyo.Sandbox.Faults.Add(new Fault(FaultKind.QuotaUsed) { Call = "get_bulk_import_profiles_job", Amount = 145 });

        await Pace.AdvanceUntilAsync(clock, OneAfterAnotherAsync(klaviyo, 30));

        Assert.Equal(Enumerable.Repeat(404, 30), klaviyo.Statuses);
    }

    [Fact]
    public async Task Two_keys_of_one_account_share_its_quota()
    {
        await using var klaviyo = await SandboxFixture.StartAsync();
        var other = KlaviyoCredential.FromPrivateKey(PracticeStore.ReadOnlyKey, PracticeStore.Id);

        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => klaviyo.Client.GetImportJobAsync(i % 2 == 0 ? klaviyo.Key : other, "Nob0dy", default))
        );

        Assert.DoesNotContain(429, klaviyo.Statuses);
    }

    [Fact]
    public async Task Two_accounts_are_limited_independently()
    {
        var clock = new TestClock();
        await using var klaviyo = await SandboxFixture.StartAsync(clock);
        var second = KlaviyoCredential.FromPrivateKey(SecondStore.FullKey, SecondStore.Id);

        Assert.True((await klaviyo.Client.GetAccountAsync(klaviyo.Key, default)).Succeeded);
        Assert.True((await klaviyo.Client.GetAccountAsync(second, default)).Succeeded);
    }

    [Fact]
    public async Task Both_windows_are_fully_used()
    {
        var clock = new TestClock();
        await using var klaviyo = await SandboxFixture.StartAsync(clock, ("Klaviyo:Retry:TryTimeout", "00:10:00"));
        var began = clock.GetUtcNow();

        await Pace.AdvanceUntilAsync(clock, AtOnceAsync(klaviyo, 400));

        // With ten per second and 150 per minute, the 301st cannot be sent before two minutes, and the 400th not before nine more
        // seconds.
        Assert.InRange((clock.GetUtcNow() - began).TotalSeconds, 129, 129 * 1.06);
        Assert.DoesNotContain(429, klaviyo.Statuses);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task With_another_client_on_the_account_each_has_its_share_and_ours_recovers_when_it_leaves(int callsPerSecond)
    {
        var clock = new TestClock();
        await using var klaviyo = await SandboxFixture.StartAsync(
            clock,
            ("Klaviyo:Retry:TryTimeout", "00:10:00"),
            ("Klaviyo:Retry:Tries", "6")
        );
        klaviyo.Sandbox.Faults.Add(new Fault(FaultKind.OtherClient) { Call = "get_bulk_import_profiles_job", Amount = callsPerSecond });
        var began = clock.GetUtcNow();

        await Pace.AdvanceUntilAsync(clock, OneAfterAnotherAsync(klaviyo, 200));
        var (elapsed, others) = (clock.GetUtcNow() - began, klaviyo.Sandbox.Faults.Others);
        // Of 150 per minute the other client gets what it wants, but at most half; the product gets the rest.
        var theirs = Math.Min(60 * callsPerSecond, 75);
        Assert.InRange(elapsed.TotalMinutes, 0, (200.0 / (150 - theirs)) + 2);
        // The clock may advance while an answer is in progress, and the other client is not counted then.
        Assert.InRange(others.Served, 0.8 * theirs * elapsed.TotalMinutes, double.MaxValue);

        klaviyo.Sandbox.Faults.Clear();
        clock.Advance(TimeSpan.FromMinutes(2));
        var refused = klaviyo.Statuses.Count(status => status == 429);
        began = clock.GetUtcNow();
        await Pace.AdvanceUntilAsync(clock, AtOnceAsync(klaviyo, 150));
        Assert.Equal(refused, klaviyo.Statuses.Count(status => status == 429));
        Assert.InRange((clock.GetUtcNow() - began).TotalSeconds, 14, 20);
    }

    private static Task<KlaviyoAnswer<ImportJob>[]> AtOnceAsync(SandboxFixture klaviyo, int calls) =>
        Task.WhenAll(Enumerable.Range(0, calls).Select(_ => klaviyo.Client.GetImportJobAsync(klaviyo.Key, "Nob0dy", default)));

    private static async Task OneAfterAnotherAsync(SandboxFixture klaviyo, int calls)
    {
        for (var call = 0; call < calls; call++)
            await klaviyo.Client.GetImportJobAsync(klaviyo.Key, "Nob0dy", default);
    }
}
