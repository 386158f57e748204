using System.Net;
using KlaviyoExport.People;

namespace KlaviyoExport.Web.Tests.Hosting;

public sealed class SecureCookieTests : IDisposable
{
    private const string Prefix = "/tools/klaviyo";
    private readonly ServerCertificate _certificate = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _certificate.Dispose();

    [Fact]
    public async Task Over_TLS_every_cookie_is_bound_to_this_host()
    {
        await using var app = await TestApp.StartWithPeopleAsync(_certificate.Settings);
        using var browser = await app.SignInAsync(Role.Viewer);
        (await browser.SubmitAsync("/", "language", new() { ["language"] = "ca" })).Dispose();

        Assert.Equal(
            ["__Host-klaviyo-export", "__Host-klaviyo-export-form", "__Host-klaviyo-export-language"],
            browser.Cookies.GetAllCookies().Select(cookie => cookie.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(browser.Cookies.GetAllCookies(), cookie => Assert.Equal((true, "/"), (cookie.Secure, cookie.Path)));
        Assert.Equal("ca", (await browser.ReadAsync("/exports")).DocumentElement.GetAttribute("lang"));
    }

    [Fact]
    public async Task Over_TLS_signing_out_deletes_the_cookie_of_the_session()
    {
        await using var app = await TestApp.StartWithPeopleAsync(_certificate.Settings);
        using var browser = await app.SignInAsync(Role.Viewer);
        (await browser.SubmitAsync("/", "sign-out", [])).Dispose();

        Assert.Null(browser.Cookies.GetAllCookies()["__Host-klaviyo-export"]);
        using var closed = await browser.GetAsync("/exports");
        Assert.Equal(HttpStatusCode.Redirect, closed.StatusCode);
    }

    [Fact]
    public async Task Over_TLS_and_below_a_path_the_cookies_are_for_the_path()
    {
        await using var app = await TestApp.StartWithPeopleAsync([.. _certificate.Settings, $"--PathBase={Prefix}"]);
        using var browser = new Browser(new Uri(app.Address, Prefix + "/"));
        (
            await browser.SubmitAsync(
                "sign-in",
                "sign-in",
                new() { ["Input.Email"] = TestApp.EmailOf(Role.Viewer), ["Input.Password"] = TestApp.Password }
            )
        ).Dispose();
        using var page = await browser.GetAsync("exports");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.NotEmpty(browser.Cookies.GetAllCookies());
        Assert.All(
            browser.Cookies.GetAllCookies(),
            cookie =>
            {
                Assert.StartsWith("__Secure-klaviyo-export", cookie.Name, StringComparison.Ordinal);
                Assert.Equal((true, Prefix), (cookie.Secure, cookie.Path));
            }
        );
    }

    [Fact]
    public async Task Over_TLS_a_session_without_the_prefix_opens_nothing()
    {
        await using var app = await TestApp.StartWithPeopleAsync(_certificate.Settings);
        using var browser = await app.SignInAsync(Role.Viewer);
        var session = browser.Cookies.GetAllCookies()["__Host-klaviyo-export"]!.Value;

        foreach (
            var (name, status) in new[]
            {
                ("__Host-klaviyo-export", HttpStatusCode.OK),
                ("klaviyo-export", HttpStatusCode.Redirect),
                ("__Secure-klaviyo-export", HttpStatusCode.Redirect),
                ("__host-klaviyo-export", HttpStatusCode.Redirect),
            }
        )
        {
            using var planted = new Browser(app.Address);
            planted.Cookies.Add(app.Address, new Cookie(name, session) { Secure = true });
            using var page = await planted.GetAsync("/exports");
            Assert.True(page.StatusCode == status, $"{name}: {page.StatusCode}");
        }
    }

    [Theory]
    [InlineData("127.0.0.1", "__Host-klaviyo-export-form=", true)]
    [InlineData("192.0.2.1", "klaviyo-export-form=", false)]
    public async Task A_trusted_proxy_tells_that_the_browser_uses_TLS(string trusted, string name, bool isSecure)
    {
        await using var app = await TestApp.StartWithPeopleAsync($"--Proxy:Addresses:0={trusted}");
        using var browser = app.Open();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sign-in")
        {
            Headers =
            {
                { "X-Forwarded-For", "198.51.100.7" },
                { "X-Forwarded-Proto", "https" },
                { "X-Forwarded-Host", "exports.shop.example" },
            },
        };
        using var response = await browser.Http.SendAsync(request, Cancel);

        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith(name, cookie, StringComparison.Ordinal);
        Assert.Equal(isSecure, cookie.Contains("; secure", StringComparison.Ordinal));
    }
}
