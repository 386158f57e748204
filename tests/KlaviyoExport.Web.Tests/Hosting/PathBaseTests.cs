using System.Net;
using AngleSharp.Dom;
using KlaviyoExport.People;

namespace KlaviyoExport.Web.Tests.Hosting;

public sealed class PathBaseTests(SharedApps apps) : IClassFixture<SharedApps>
{
    private const string Prefix = "/tools/klaviyo";
    private const string PathBaseSetting = "--PathBase=" + Prefix;
    private const string TrustedProxy = "--Proxy:Addresses:0=127.0.0.1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_page_works_below_the_path_base_and_every_link_of_it_stays_there()
    {
        var app = await apps.WithPeopleAsync(PathBaseSetting);
        using var browser = await SignInAsync(app);
        var open = new Queue<Uri>([new Uri(app.Address, Prefix + "/")]);
        var seen = new HashSet<string>();

        while (open.TryDequeue(out var address))
        {
            using var response = await browser.Http.GetAsync(address, Cancel);
            Assert.True(response.IsSuccessStatusCode, $"{address} answered {response.StatusCode}.");
            if (response.Content.Headers.ContentType?.MediaType != "text/html")
                continue;
            foreach (var target in Targets(await Browser.ReadAsync(response), address))
            {
                Assert.True(target.AbsolutePath.StartsWith(Prefix + "/", StringComparison.Ordinal), $"{address} leads to {target}.");
                if (!IsForm(target) && seen.Add(target.GetLeftPart(UriPartial.Path)))
                    open.Enqueue(target);
            }
        }

        Assert.Contains(new Uri(app.Address, Prefix + "/system/audit").AbsoluteUri, seen);
        Assert.Contains(seen, address => address.Contains("blazor.web.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_visitor_is_led_to_the_sign_in_page_and_back_with_cookies_for_the_path_base_only()
    {
        var app = await apps.WithPeopleAsync(PathBaseSetting);
        using var browser = new Browser(new Uri(app.Address, Prefix + "/"));

        using var closed = await browser.GetAsync("exports");
        var signIn = app.LeadsTo(closed)!;
        using var opened = await SubmitSignInAsync(browser, signIn);

        Assert.StartsWith($"{Prefix}/sign-in?returnUrl=", signIn, StringComparison.Ordinal);
        Assert.Equal(Prefix + "/exports", app.LeadsTo(opened));
        Assert.All(browser.Cookies.GetAllCookies(), cookie => Assert.Equal(Prefix, cookie.Path));
    }

    [Fact]
    public async Task Signing_leftand_choosing_a_language_stay_below_the_path_base()
    {
        var app = await apps.WithPeopleAsync(PathBaseSetting);
        using var browser = await SignInAsync(app);

        using var chosen = await browser.SubmitAsync("exports?sort=Name", "language", new() { ["language"] = "ca" });
        using var left = await browser.SubmitAsync("exports", "sign-out", []);

        Assert.Equal(Prefix + "/exports?sort=Name", app.LeadsTo(chosen));
        Assert.Equal(Prefix + "/sign-in", app.LeadsTo(left));
        Assert.Equal(Prefix, browser.Cookies.GetAllCookies()["klaviyo-export-language"]!.Path);
    }

    [Theory]
    [InlineData("runs/999", HttpStatusCode.NotFound)]
    [InlineData("no-such-page", HttpStatusCode.NotFound)]
    public async Task Error_pages_have_the_path_base(string page, HttpStatusCode status)
    {
        var app = await apps.WithPeopleAsync(PathBaseSetting);
        using var browser = await SignInAsync(app);
        using var response = await browser.GetAsync(page);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(Prefix + "/", BaseOf(await Browser.ReadAsync(response)));
    }

    [Fact]
    public async Task The_callback_of_Klaviyo_leads_to_a_page_below_the_path_base()
    {
        var app = await apps.WithPeopleAsync(PathBaseSetting);
        using var browser = await SignInAsync(app);
        using var response = await browser.GetAsync("connections/klaviyo/callback?state=made-up&code=made-up");

        Assert.Equal(Prefix + "/connections/klaviyo/unknown", app.LeadsTo(response));
    }

    [Fact]
    public async Task A_proxy_may_strip_the_configured_path_base()
    {
        var app = await apps.WithPeopleAsync(PathBaseSetting);
        using var browser = app.Open();

        Assert.Equal(Prefix + "/", BaseOf(await browser.ReadAsync("/sign-in")));
        using var health = await browser.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task The_setup_link_has_the_path_base_and_so_has_the_page_that_waits_for_it()
    {
        await using var app = await TestApp.StartAsync(PathBaseSetting);
        using var browser = app.Open();

        using var response = await browser.GetAsync(Prefix + "/exports");
        Assert.Equal(Prefix + "/", BaseOf(await Browser.ReadAsync(response)));
        Assert.Contains(
            $"{app.Address.GetLeftPart(UriPartial.Authority)}{Prefix}/setup/",
            app.Console.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_prefix_of_a_trusted_proxy_is_the_path_base()
    {
        var app = await apps.WithPeopleAsync(TrustedProxy);
        using var response = await AskAsync(app, "/exports", Prefix);

        Assert.StartsWith(
            $"{Prefix}/sign-in?returnUrl={Uri.EscapeDataString(Prefix + "/exports")}",
            app.LeadsTo(response),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("--Proxy:Addresses:0=192.0.2.1", Prefix)]
    [InlineData("--Proxy:Addresses:0=", Prefix)]
    [InlineData(TrustedProxy, "//evil.example")]
    [InlineData(TrustedProxy, "/..")]
    [InlineData(TrustedProxy, "/a\"b")]
    public async Task The_prefix_of_anybody_else_and_a_malformed_prefix_are_ignored(string setting, string prefix)
    {
        var app = await apps.WithPeopleAsync(setting.EndsWith('=') ? [] : [setting]);
        using var response = await AskAsync(app, "/exports", prefix);

        Assert.StartsWith("/sign-in?returnUrl=%2Fexports", app.LeadsTo(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configured_path_base_is_preferred_to_the_prefix_of_a_proxy()
    {
        var app = await apps.WithPeopleAsync(PathBaseSetting, TrustedProxy);
        using var response = await AskAsync(app, Prefix + "/exports", "/other");

        Assert.StartsWith(Prefix + "/sign-in", app.LeadsTo(response), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("klaviyo")]
    [InlineData("/klaviyo/")]
    [InlineData("/")]
    [InlineData("/a/../b")]
    [InlineData("/a b")]
    [InlineData("https://example.com/klaviyo")]
    public async Task A_path_base_that_is_no_path_is_a_fault_at_start(string path)
    {
        var fault = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() =>
            TestApp.StartAsync("--PathBase=" + path)
        );

        Assert.Contains(fault.Failures, text => text.StartsWith($"PathBase is \"{path}\".", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Responses_do_not_name_the_server()
    {
        var app = await apps.WithPeopleAsync();
        using var browser = app.Open();

        foreach (var path in new[] { "/sign-in", "/health", "/exports", "/_framework/blazor.web.js" })
        {
            using var response = await browser.GetAsync(path);
            Assert.False(response.Headers.Contains("Server"), $"{path} has the header Server.");
        }
    }

    private static async Task<Browser> SignInAsync(TestApp app)
    {
        var browser = new Browser(new Uri(app.Address, Prefix + "/"));
        (await SubmitSignInAsync(browser, "sign-in")).Dispose();
        return browser;
    }

    private static Task<HttpResponseMessage> SubmitSignInAsync(Browser browser, string page) =>
        browser.SubmitAsync(
            page,
            "sign-in",
            new() { ["Input.Email"] = TestApp.EmailOf(Role.Administrator), ["Input.Password"] = TestApp.Password }
        );

    private static async Task<HttpResponseMessage> AskAsync(TestApp app, string path, string prefix)
    {
        using var browser = app.Open();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.7");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Prefix", prefix);
        return await browser.Http.SendAsync(request, Cancel);
    }

    private static string? BaseOf(IDocument page) => page.QuerySelector("base")?.GetAttribute("href");

    /// <summary>Where the links, forms, scripts, pictures and style sheets of a page lead on this host, as a browser resolves them.</summary>
    private static IEnumerable<Uri> Targets(IDocument page, Uri address)
    {
        // The page about the API is not one of our pages, and has no base.
        var root = new Uri(address, BaseOf(page) ?? "");
        return page.QuerySelectorAll("[href], [src], form[action]")
            .Where(element => element.LocalName != "base")
            .Select(element => element.GetAttribute("href") ?? element.GetAttribute("src") ?? element.GetAttribute("action")!)
            .Where(target => target.Length > 0 && !target.StartsWith('#') && !target.StartsWith("data:", StringComparison.Ordinal))
            .Select(target => new Uri(root, target))
            .Where(target => target.Authority == address.Authority);
    }

    /// <summary>Whether the address only answers to forms.</summary>
    private static bool IsForm(Uri address) => address.AbsolutePath is Prefix + "/language" or Prefix + "/theme" or Prefix + "/sign-out";
}
