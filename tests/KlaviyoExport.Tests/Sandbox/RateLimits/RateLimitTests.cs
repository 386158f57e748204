using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests.Sandbox.RateLimits;

public sealed class RateLimitTests
{
    private const string Sized = $"/api/lists/{PracticeStore.WinBack}?additional-fields[list]=profile_count";

    [Theory, Trait(Needs.Trait, Needs.Time)]
    [InlineData("/api/accounts", 1, 15)]
    [InlineData("/api/lists", 75, 750)]
    [InlineData($"/api/lists/{PracticeStore.WinBack}", 75, 750)]
    [InlineData(Sized, 1, 15)]
    [InlineData("/api/profile-bulk-import-jobs", 10, 150)]
    [InlineData("/api/profile-bulk-import-jobs/none", 10, 150)]
    [InlineData("/api/profile-bulk-import-jobs/none/import-errors", 10, 150)]
    [InlineData($"/api/lists/{PracticeStore.WinBack}/profiles", 75, 750)]
    [InlineData("/api/profiles", 75, 750)]
    [InlineData("/api/profiles?additional-fields[profile]=predictive_analytics", 10, 150)]
    public async Task A_call_has_its_burst_and_steady_limits(string path, int burst, int steady)
    {
        await using var session = await SandboxSession.Start();
        var passed = 0;
        for (var second = 0; passed < steady; second++)
        {
            for (var i = 0; i < burst; i++, passed++)
                Assert.Null(await RetryAfter(session, path));
            if (passed < steady)
                Assert.Equal(1, await RetryAfter(session, path));
            session.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(second < 60);
        }
        Assert.Equal(60 - session.Clock.GetUtcNow().Second, await RetryAfter(session, path));
        session.Clock.Advance(TimeSpan.FromSeconds(60 - session.Clock.GetUtcNow().Second));
        Assert.Null(await RetryAfter(session, path));
    }

    [Fact]
    public async Task Every_response_except_a_429_has_the_rate_limit_headers()
    {
        await using var session = await SandboxSession.Start();
        session.Clock.Advance(TimeSpan.FromSeconds(17.5));
        using var first = await session.Send("GET", "/api/accounts");
        Assert.Equal(
            ("15", "14", "43"),
            (Header(first, "RateLimit-Limit"), Header(first, "RateLimit-Remaining"), Header(first, "RateLimit-Reset"))
        );
        Assert.Null(first.Headers.RetryAfter);
        using var second = await session.Send("GET", "/api/accounts");
        Assert.Equal(429, (int)second.StatusCode);
        Assert.Equal("1", Header(second, "Retry-After"));
        Assert.DoesNotContain(second.Headers, h => h.Key.StartsWith("RateLimit", StringComparison.OrdinalIgnoreCase));
        using var refused = await session.Send("GET", "/api/lists/none");
        Assert.Equal(404, (int)refused.StatusCode);
        Assert.Equal("749", Header(refused, "RateLimit-Remaining"));
    }

    [Fact]
    public async Task A_refused_call_does_not_count_against_the_quota()
    {
        await using var session = await SandboxSession.Start();
        for (var i = 0; i < 20; i++)
            await RetryAfter(session, "/api/accounts");
        session.Clock.Advance(TimeSpan.FromSeconds(1));
        using var next = await session.Send("GET", "/api/accounts");
        Assert.Equal("13", Header(next, "RateLimit-Remaining"));
    }

    [Fact]
    public async Task Keys_of_one_account_share_a_quota_and_accounts_do_not()
    {
        await using var session = await SandboxSession.Start();
        Assert.Null(await RetryAfter(session, "/api/accounts"));
        session.Key = PracticeStore.ReadOnlyKey;
        Assert.Equal(1, await RetryAfter(session, "/api/accounts"));
        session.Key = SecondStore.FullKey;
        Assert.Null(await RetryAfter(session, "/api/accounts"));
    }

    [Fact]
    public async Task Asking_for_the_size_of_a_list_has_a_limit_of_its_own()
    {
        await using var session = await SandboxSession.Start();
        Assert.Null(await RetryAfter(session, Sized));
        Assert.Equal(1, await RetryAfter(session, Sized));
        Assert.Null(await RetryAfter(session, $"/api/lists/{PracticeStore.WinBack}"));
    }

    private static async Task<int?> RetryAfter(SandboxSession session, string path)
    {
        using var response = await session.Send("GET", path);
        return (int)response.StatusCode == 429 ? (int)response.Headers.RetryAfter!.Delta!.Value.TotalSeconds : null;
    }

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));
}
