using System.Net;
using KlaviyoExport.Web.Tests.Hosting;

namespace KlaviyoExport.Web.Tests.Security.Providers;

/// <summary>Signing in and out with a provider when the application is reached over TLS.</summary>
public sealed class ProviderTlsTests : ProviderTest
{
    private readonly ServerCertificate _certificate = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _certificate.Dispose();
    }

    [Fact]
    public async Task All_cookies_of_the_way_to_the_provider_and_back_are_bound_to_this_host()
    {
        await StartAsync(_certificate.Settings);
        using var browser = App.Open();
        using (var away = await browser.GetAsync("/sign-in/provider"))
            Assert.Equal(Provider.Address, away.Headers.Location!.GetLeftPart(UriPartial.Authority));

        Assert.Equal(2, browser.Cookies.GetAllCookies().Count);
        Assert.All(
            browser.Cookies.GetAllCookies(),
            cookie =>
            {
                Assert.StartsWith("__Host-klaviyo-export-", cookie.Name, StringComparison.Ordinal);
                Assert.Equal((true, "/"), (cookie.Secure, cookie.Path));
            }
        );
    }

    [Fact]
    public async Task The_way_to_the_provider_is_limited_for_a_network_address()
    {
        await StartAsync("--RateLimits:SignIns=1");
        using var browser = App.Open();
        using var first = await browser.GetAsync("/sign-in/provider");
        using var second = await browser.GetAsync("/sign-in/provider");

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.TooManyRequests), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task Signing_in_and_out_works_and_leaves_no_cookie_of_the_sign_in()
    {
        await StartAsync(_certificate.Settings);
        using var browser = App.Open();
        using var page = await browser.FollowAsync("/sign-in/provider?returnUrl=%2Fexports");
        Assert.Equal("/exports", page.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(
            ["__Host-klaviyo-export", "__Host-klaviyo-export-form"],
            browser.Cookies.GetAllCookies().Select(cookie => cookie.Name).Order(StringComparer.Ordinal)
        );

        using var left = await browser.SubmitAsync("/exports", "sign-out", []);
        using var closed = await browser.GetAsync("/exports");
        Assert.StartsWith("/sign-in", App.LeadsTo(closed), StringComparison.Ordinal);
    }
}
