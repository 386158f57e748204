using System.Net;
using KlaviyoExport.People;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>The address to which Klaviyo redirects browsers, without Klaviyo. The browser tests cover the whole sign-in.</summary>
public sealed class KlaviyoCallbackTests(RouteTests.Signed signed) : IClassFixture<RouteTests.Signed>
{
    private const string Address = "/connections/klaviyo/callback?state=some-state&code=some-code";

    [Theory]
    [InlineData(null, "/sign-in")]
    [InlineData(Role.Viewer, "/access-denied")]
    [InlineData(Role.Operator, "/access-denied")]
    [InlineData(Role.Contributor, "/access-denied")]
    public async Task It_is_open_to_administrators_only(Role? role, string leadsTo)
    {
        using var response = await signed.BrowserOf(role).GetAsync(Address);

        Assert.Equal(leadsTo, new Uri(signed.App.Address, response.Headers.Location!).AbsolutePath);
    }

    [Theory]
    [InlineData(Address)]
    [InlineData("/connections/klaviyo/callback?state=some-state&error=access_denied")]
    [InlineData("/connections/klaviyo/callback?code=some-code")]
    [InlineData("/connections/klaviyo/callback")]
    public async Task An_invented_state_leads_to_an_error_page_and_is_not_logged(string address)
    {
        using var response = await signed.BrowserOf(Role.Administrator).GetAsync(address);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/connections/klaviyo/unknown", signed.App.LeadsTo(response));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.True(response.Headers.CacheControl!.NoStore);
        var page = await signed.BrowserOf(Role.Administrator).ReadAsync("/connections/klaviyo/unknown");
        Assert.Contains("Nothing was changed", page.QuerySelector(".alert-danger")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("some-state", page.DocumentElement.OuterHtml, StringComparison.Ordinal);
    }
}
