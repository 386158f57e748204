using System.Net;
using KlaviyoExport.People;
using KlaviyoExport.Web.Tests.Api;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Tests.Hosting.Limits;

public sealed class RateLimitTests
{
    private const string TrustedProxy = "--Proxy:Addresses:0=127.0.0.1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Too_many_sign_ins_are_refused_with_a_page_that_says_when_to_try_again()
    {
        await using var app = await TestApp.StartWithPeopleAsync("--RateLimits:SignIns=2");
        using var browser = app.Open();
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [await FailAsync(browser), await FailAsync(browser)]);

        using var refused = await SubmitAsync(browser);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        var page = await Browser.ReadAsync(refused);
        Assert.Equal("Too many requests", page.QuerySelector("main h1")!.TextContent);
        Assert.Matches(@"Try again in (\d+ s|1 min 0 s)\.", page.QuerySelector("main p")!.TextContent);
        using var opened = await browser.GetAsync("/sign-in");
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
    }

    [Theory]
    [InlineData("sr-Cyrl", "Превише захтева")]
    [InlineData("ca", "Massa peticions")]
    public async Task The_page_is_in_the_language_of_the_reader(string language, string title)
    {
        await using var app = await TestApp.StartWithPeopleAsync("--RateLimits:SignIns=1");
        using var browser = app.Open();
        browser.Http.DefaultRequestHeaders.Add("Accept-Language", language);
        await FailAsync(browser);

        using var refused = await SubmitAsync(browser);

        Assert.Equal(title, (await Browser.ReadAsync(refused)).QuerySelector("main h1")!.TextContent);
    }

    [Fact]
    public async Task Visitors_are_told_apart_by_their_network_address()
    {
        await using var app = await TestApp.StartWithPeopleAsync("--RateLimits:SignIns=1", TrustedProxy);

        Assert.Equal(HttpStatusCode.OK, await FromAsync("198.51.100.7"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await FromAsync("198.51.100.7"));
        Assert.Equal(HttpStatusCode.OK, await FromAsync("198.51.100.8"));
        Assert.Equal(HttpStatusCode.OK, await FromAsync("2001:db8:1:2::1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await FromAsync("2001:db8:1:2:ffff::9"));
        Assert.Equal(HttpStatusCode.OK, await FromAsync("2001:db8:1:3::1"));

        async Task<HttpStatusCode> FromAsync(string address)
        {
            using var browser = app.Open();
            browser.Http.DefaultRequestHeaders.Add("X-Forwarded-For", address);
            return await FailAsync(browser);
        }
    }

    [Theory]
    [InlineData("/set-password", "Links")]
    [InlineData("/setup/made-up", "Links")]
    [InlineData("/forgot-password", "ForgottenPasswords")]
    public async Task Forms_of_links_are_limited(string path, string limit)
    {
        await using var app = await TestApp.StartWithPeopleAsync($"--RateLimits:{limit}=1");
        using var browser = app.Open();

        using var first = await PostAsync();
        using var second = await PostAsync();

        Assert.NotEqual(HttpStatusCode.TooManyRequests, first.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);

        Task<HttpResponseMessage> PostAsync() => browser.Http.PostAsync(path, new FormUrlEncodedContent([]), Cancel);
    }

    [Theory]
    [InlineData("/system/audit", "ExpensivePages")]
    [InlineData("/person", "ExpensivePages")]
    [InlineData("/segments/new", "ExpensivePages")]
    [InlineData("/sources/1/malformed-rows.csv", "Downloads")]
    [InlineData("/runs/1/rejections.csv", "Downloads")]
    [InlineData("/runs/1/rejected-profiles.csv", "Downloads")]
    [InlineData("/runs/1/list-check.csv", "Downloads")]
    public async Task Expensive_pages_and_downloads_are_limited_for_each_person(string path, string limit)
    {
        await using var app = await TestApp.StartWithPeopleAsync($"--RateLimits:{limit}=1");
        using var browser = await app.SignInAsync(Role.Administrator);
        using var again = await app.SignInAsync(Role.Administrator);
        using var other = await app.SignInAsync(Role.Contributor);

        using var first = await browser.GetAsync(path);
        using var second = await again.GetAsync(path);
        using var ofOther = await other.GetAsync(path);
        using var cheap = await browser.GetAsync("/exports");

        Assert.NotEqual(HttpStatusCode.TooManyRequests, first.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, ofOther.StatusCode);
        Assert.Equal(HttpStatusCode.OK, cheap.StatusCode);
    }

    [Fact]
    public async Task Programs_without_a_valid_token_are_refused_but_not_those_with_one_at_the_same_address()
    {
        await using var app = await TestApp.StartWithPeopleAsync("--RateLimits:RefusedTokens=2");
        using var stranger = new ApiClient(app.Address, null);
        using var guesser = new ApiClient(app.Address, "kex_made-up");
        using var program = await ApiClient.OfAsync(app, await app.ActorAsync(Role.Viewer));

        Assert.Equal((401, "unauthorized"), await KindAsync(stranger));
        Assert.Equal((401, "unauthorized"), await KindAsync(guesser));
        var refused = await guesser.GetAsync("exports");

        Assert.Equal("rate-limited", (await ApiClient.ProblemAsync(refused)).Code);
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);
        Assert.Equal((429, "rate-limited"), await KindAsync(stranger));
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("exports")).StatusCode);
    }

    [Fact]
    public async Task A_limit_that_is_no_number_of_requests_is_a_fault_at_start()
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync("--RateLimits:SignIns=0"));

        Assert.Contains(fault.Failures, text => text.Contains("SignIns", StringComparison.Ordinal));
    }

    private static async Task<(int, string)> KindAsync(ApiClient program)
    {
        var (status, code, _) = await ApiClient.ProblemAsync(await program.GetAsync("exports"));
        return (status, code);
    }

    private static async Task<HttpStatusCode> FailAsync(Browser browser)
    {
        using var response = await SubmitAsync(browser);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> SubmitAsync(Browser browser) =>
        browser.SubmitAsync("/sign-in", "sign-in", new() { ["Input.Email"] = "nobody@example.com", ["Input.Password"] = "wrong" });
}
