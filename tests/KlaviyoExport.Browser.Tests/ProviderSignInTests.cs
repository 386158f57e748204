using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using KlaviyoExport.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>
/// Signing in with a certified OpenID Connect provider (Provider/server.mjs, started by test.sh) on the provider's own pages.
/// </summary>
public sealed class ProviderSignInTests : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-provider-").FullName;
    private readonly string _address = $"http://127.0.0.1:{Loopback.FreePort()}";
    private AppHere? _app;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string? Provider => Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_PROVIDER");

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task People_sign_in_at_the_provider_sign_out_there_and_sign_in_again_for_confirmation()
    {
        await StartAsync("Demo:Enabled=true", "Demo:SandboxUrl=http://127.0.0.1:0");
        await SignsInAndOutAsync();
        await IsToldWhomToAskAsync();
        await BecomesExportUserAsync();
    }

    [Fact]
    public async Task With_passwords_off_the_provider_decides_who_is_administrator_and_who_is_refused()
    {
        await StartAsync(
            "Demo:Enabled=false",
            "LocalAccounts:Enabled=false",
            "Roles:Administrator=klaviyo-admins",
            "Roles:Contributor=marketing",
            "Roles:Viewer=staff"
        );
        await using var ana = await SignInAsync("ana@company.example");
        await Expect(ana.Page.Heading("Welcome, Ana Adminić")).ToBeVisibleAsync();
        await using var mina = await SignInAsync("mina@company.example");
        await Expect(mina.Page.Heading("Welcome, Mina Marketinška")).ToBeVisibleAsync();
        await ana.Page.GotoAsync("/system/permissions");
        await Expect(ana.Page.Row("mina@company.example")).ToContainTextAsync("Contributor");
        await ana.KeepAsync("permissions-by-provider");

        await using var petar = await SignInAsync("petar@company.example");
        await Expect(petar.Page.Heading("You have no role here")).ToBeVisibleAsync();
        await Expect(petar.Page.GetByText("Ask an administrator to give you one: Ana Adminić.")).ToBeVisibleAsync();
        await petar.KeepAsync("no-role");
        await petar.Page.GotoAsync("/exports");
        await Expect(petar.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Company login" })).ToBeVisibleAsync();
        await Expect(petar.Page.Locator("#password")).ToHaveCountAsync(0);
        await petar.KeepAsync("sign-in-provider-alone");
    }

    private async Task SignsInAndOutAsync()
    {
        await using var visitor = await Chromium.VisitAsync(_address);
        var page = visitor.Page;
        await page.GotoAsync("/exports");
        await visitor.KeepAsync("sign-in-provider");
        await ShowsWhoAsync(page, "operator@demo.example");
        await page.ArrivesAsync($"{_address}/exports");
        await page.GetByRole(AriaRole.Button, new() { Name = "Account: Oriol Operator" }).ClickAsync();
        await page.Button("Sign out").ClickAsync();
        await page.Button("Yes, sign me out").ClickAsync();
        await page.ArrivesAsync($"{_address}/sign-in");
        // The provider asks again, because its session has ended too.
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Company login" }).ClickAsync();
        await Expect(page.Locator("input[name=login]")).ToBeVisibleAsync();
        // The provider's own pages are not checked.
        Assert.DoesNotContain(visitor.Faults, fault => fault.StartsWith(_address, StringComparison.Ordinal));
    }

    private async Task IsToldWhomToAskAsync()
    {
        await using var visitor = await SignInAsync("mina@company.example");
        await Expect(visitor.Page.GetByText("Nobody has added you to Klaviyo Export yet. Ask an administrator")).ToBeVisibleAsync();
    }

    private async Task BecomesExportUserAsync()
    {
        await using var visitor = await SignInAsync("administrator@demo.example");
        var page = visitor.Page;
        await page.GotoAsync("/connections/discover");
        await page.WaitForCircuitAsync();
        await page.Button("Set up Klaviyo").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/connections/setup/\d+$"));
        await page.GotoAsync(page.Url + "/export-user");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in again with Company login" }).ClickAsync();
        await FillInAsync(page, "administrator@demo.example", knows: true);
        await Expect(page).ToHaveURLAsync(new Regex(@"/connections/setup/\d+$"));

        await Expect(page.StepOf("Add yourself as export user")).ToContainTextAsync("Ana Administrator");
    }

    private async Task<Visitor> SignInAsync(string email)
    {
        var visitor = await Chromium.VisitAsync(_address);
        await visitor.Page.GotoAsync("/sign-in");
        await ShowsWhoAsync(visitor.Page, email);
        await visitor.Page.ArrivesAsync($"{_address}/**");
        return visitor;
    }

    private static async Task ShowsWhoAsync(IPage page, string email)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Company login" }).ClickAsync();
        await FillInAsync(page, email);
    }

    /// <summary>Signs in and consents on the provider's pages.</summary>
    /// <param name="knows">It was allowed to before.</param>
    private static async Task FillInAsync(IPage page, string email, bool knows = false)
    {
        await page.Locator("input[name=login]").FillAsync(email);
        await page.Locator("input[name=password]").FillAsync("any");
        await page.Button("Sign-in").ClickAsync();
        if (!knows)
            await page.Button("Continue").ClickAsync();
    }

    private async Task StartAsync(params string[] settings)
    {
        Assert.SkipWhen(Provider is null, "KLAVIYOEXPORT_TEST_PROVIDER names no provider; ./test.sh starts one.");
        var (id, secret) = await RegisterAsync();
        _app = await AppHere.StartAsync(
            Path.Combine(_directory, "data"),
            [
                $"urls={_address}",
                $"OpenIdConnect:Authority={Provider}",
                $"OpenIdConnect:ClientId={id}",
                $"OpenIdConnect:ClientSecret={secret}",
                "OpenIdConnect:DisplayName=Company login",
                .. settings,
            ]
        );
    }

    /// <summary>Registers the application with the provider.</summary>
    private async Task<(string Id, string Secret)> RegisterAsync()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_PROVIDER_TOKEN")
        );
        using var answer = await http.PostAsJsonAsync(
            $"{Provider}/reg",
            new
            {
                redirect_uris = new[] { $"{_address}/sign-in/provider/return" },
                post_logout_redirect_uris = new[] { $"{_address}/sign-out/provider/return" },
            },
            Cancel
        );
        answer.EnsureSuccessStatusCode();
        var client = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return (client.GetProperty("client_id").GetString()!, client.GetProperty("client_secret").GetString()!);
    }
}
