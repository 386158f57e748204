using System.Net;

namespace KlaviyoExport.Web.Tests.Security.Providers;

/// <summary>Signing out here signs out at the provider.</summary>
public sealed class ProviderSignOutTests : ProviderTest
{
    [Fact]
    public async Task The_person_signs_in_at_the_provider_and_returns()
    {
        await StartAsync();
        using var browser = await SignedInAsync();
        using var page = await browser.SubmitAsync("/", "sign-out", []);
        var document = await Browser.ReadAsync(page);
        var way = document.QuerySelector("main a")!.GetAttribute("href")!;
        using var back = await browser.FollowAsync(way);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal($"0; url={way}", document.QuerySelector("meta[http-equiv=refresh]")!.GetAttribute("content"));
        Assert.Equal(3, Provider.SignedOut!["id_token_hint"].Split('.').Length);
        Assert.EndsWith("/sign-out/provider/return", Provider.SignedOut["post_logout_redirect_uri"], StringComparison.Ordinal);
        Assert.Equal("/sign-in", back.RequestMessage!.RequestUri!.AbsolutePath);
        await IsSignedOutAsync(browser);
    }

    [Fact]
    public async Task A_provider_without_a_sign_out_endpoint_is_not_called()
    {
        Provider.SignsOut = false;
        await StartAsync();
        using var browser = await SignedInAsync();
        using var response = await browser.SubmitAsync("/", "sign-out", []);

        Assert.Equal("/sign-in", App.LeadsTo(response));
        await IsSignedOutAsync(browser);
    }

    [Fact]
    public async Task A_session_that_began_with_a_password_ends_only_here()
    {
        await StartAsync();
        using var browser = await App.SignInAsync(People.Role.Viewer);
        using var response = await browser.SubmitAsync("/", "sign-out", []);

        Assert.Equal("/sign-in", App.LeadsTo(response));
        await IsSignedOutAsync(browser);
    }

    [Fact]
    public async Task A_link_of_another_site_signs_nobody_out()
    {
        await StartAsync();
        using var browser = await SignedInAsync();
        foreach (var path in (string[])["/signout-oidc", "/sign-out", "/sign-out/provider/return"])
            (await browser.GetAsync(path)).Dispose();
        using var page = await browser.GetAsync("/exports");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task The_session_keeps_only_the_token_for_signing_out()
    {
        await StartAsync();
        using var browser = await SignedInAsync();

        Assert.InRange(
            browser
                .Cookies.GetCookies(App.Address)
                .Where(cookie => cookie.Name.StartsWith("klaviyo-export", StringComparison.Ordinal))
                .Sum(cookie => cookie.Value.Length),
            1,
            4000
        );
    }

    private async Task<Browser> SignedInAsync()
    {
        var browser = App.Open();
        (await browser.FollowAsync("/sign-in/provider")).Dispose();
        return browser;
    }

    private async Task IsSignedOutAsync(Browser browser)
    {
        using var after = await browser.GetAsync("/exports");
        Assert.StartsWith("/sign-in", App.LeadsTo(after), StringComparison.Ordinal);
    }
}
