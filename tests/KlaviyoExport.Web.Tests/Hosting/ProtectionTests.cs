using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace KlaviyoExport.Web.Tests.Hosting;

public sealed class ProtectionTests
{
    [Fact]
    public async Task Every_response_has_the_security_headers()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var browser = app.Open();
        using var page = await browser.GetAsync("/sign-in");
        using var script = await browser.GetAsync("/_framework/blazor.web.js");

        foreach (var response in new[] { page, script })
        {
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        }
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/api/v1/exports")]
    [InlineData("/no-such-page")]
    public async Task No_browser_or_proxy_keeps_a_page_or_an_answer(string address)
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var browser = app.Open();
        using var response = await browser.GetAsync(address);

        Assert.True(response.Headers.CacheControl?.NoStore);
        using var script = await browser.GetAsync("/_framework/blazor.web.js");
        Assert.False(script.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Pages_are_redirected_to_https_and_programs_are_told_to_use_it()
    {
        await using var app = await TestApp.StartWithPeopleAsync("--urls=http://0.0.0.0:0", "--https_port=8443");
        using var browser = new Browser(new Uri($"http://127.0.0.1:{app.Address.Port}"));
        using var page = await browser.GetAsync("/sign-in");
        Assert.Equal(new Uri("https://127.0.0.1:8443/sign-in"), page.Headers.Location);

        foreach (var address in new[] { "/api/v1/exports", "/mcp" })
        {
            using var response = await browser.GetAsync(address);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);

            Assert.Equal((HttpStatusCode.Forbidden, null), (response.StatusCode, response.Headers.Location));
            Assert.Equal("unencrypted", problem.GetProperty("code").GetString());
        }
    }

    [Fact]
    public async Task A_foreign_host_name_for_the_loopback_address_is_refused()
    {
        await using var app = await TestApp.StartAsync();
        using var browser = app.Open();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health") { Headers = { Host = "rebound.example" } };
        using var response = await browser.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_page_contains_no_inline_script()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var browser = await app.SignInAsync(People.Role.Administrator);
        var page = await browser.ReadAsync("/exports");

        Assert.All(page.Scripts, script => Assert.NotNull(script.GetAttribute("src")));
        Assert.DoesNotContain(
            page.All,
            element => element.Attributes.Any(attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_form_of_another_site_signs_nobody_out()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var browser = await app.SignInAsync(People.Role.Viewer);
        using var response = await browser.Http.PostAsync(
            "/sign-out",
            new FormUrlEncodedContent([]),
            TestContext.Current.CancellationToken
        );
        using var still = await browser.GetAsync("/exports");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }
}
