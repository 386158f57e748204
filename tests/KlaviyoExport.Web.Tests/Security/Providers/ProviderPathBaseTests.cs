namespace KlaviyoExport.Web.Tests.Security.Providers;

/// <summary>Signing in and out with a provider when the application is below a path of its host.</summary>
public sealed class ProviderPathBaseTests : ProviderTest
{
    private const string Prefix = "/tools/klaviyo";

    private Uri Home => new(App.Address, Prefix + "/");

    [Fact]
    public async Task The_provider_leads_back_to_the_page_below_the_path()
    {
        await StartAsync("--PathBase=" + Prefix);
        using var browser = new Browser(Home);
        var button = (await browser.ReadAsync("sign-in?returnUrl=%2Ftools%2Fklaviyo%2Fexports")).QuerySelector("main a.button")!;
        using var page = await browser.FollowAsync(button.GetAttribute("href")!);

        Assert.Equal(Prefix + "/exports", page.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.EndsWith(Prefix + "/sign-in/provider/return", Provider.Asked["redirect_uri"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_leads_back_to_the_sign_in_page_below_the_path()
    {
        await StartAsync("--PathBase=" + Prefix);
        using var browser = new Browser(Home);
        (await browser.FollowAsync("sign-in/provider")).Dispose();
        using var page = await browser.SubmitAsync("exports", "sign-out", []);
        using var back = await browser.FollowAsync((await Browser.ReadAsync(page)).QuerySelector("main a")!.GetAttribute("href")!);

        Assert.EndsWith(Prefix + "/sign-out/provider/return", Provider.SignedOut!["post_logout_redirect_uri"], StringComparison.Ordinal);
        Assert.Equal(Prefix + "/sign-in", back.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task A_refused_sign_in_ends_on_the_sign_in_page_below_the_path_with_its_message()
    {
        await StartAsync("--PathBase=" + Prefix);
        using var browser = new Browser(Home);
        using var page = await browser.FollowAsync("sign-in/provider/return?error=access_denied&state=made-up");

        Assert.Equal(Prefix + "/sign-in", page.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.NotEmpty(await AlertAsync(page));
    }
}
