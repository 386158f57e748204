using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>The application below a path of a host that nginx serves.</summary>
public sealed class BehindProxyTests : IDisposable
{
    private const string Prefix = "/tools/klaviyo";
    private const string Address = "Klaviyo Export is at ";
    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-proxied-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_day_of_a_contributor_behind_nginx_that_passes_the_path_on()
    {
        await using var app = await DemoAsync($"PathBase={Prefix}", "Telemetry:Prometheus:Enabled=true");
        var address = new Uri(app.Said(Address));
        using var nginx = await Nginx.KeepPathAsync(Prefix, address.GetLeftPart(UriPartial.Authority));

        Assert.Equal(Prefix, address.AbsolutePath);
        await SpendDayAsync(nginx);
        await CountsCircuitsAsync(address.GetLeftPart(UriPartial.Authority), nginx);
    }

    [Fact]
    public async Task A_day_of_a_contributor_behind_nginx_that_strips_the_path_and_names_it()
    {
        // Demo mode allows no proxy. So the demo only is the sandbox, for an ordinary application with a copy of its data.
        await using var demo = await DemoAsync();
        var sandbox = demo.Said("The sandbox Klaviyo is at ").TrimEnd('/');
        await using var app = await AppHere.StartAsync(
            CopyOfData(),
            "Demo:Enabled=false",
            "Proxy:Addresses:0=127.0.0.1",
            $"Sources:Roots:0={Path.Combine(_directory, "demo", "files")}",
            $"Klaviyo:BaseUrl={sandbox}",
            "Klaviyo:OAuth:ClientId=practice-client-0001",
            "Klaviyo:OAuth:ClientSecret=practice-secret-0001",
            $"Klaviyo:OAuth:AuthorizeUrl={sandbox}/oauth/authorize",
            $"Klaviyo:OAuth:TokenUrl={sandbox}/oauth/token",
            $"Klaviyo:OAuth:RevokeUrl={sandbox}/oauth/revoke",
            "Delivery:PollInterval=00:00:00.200"
        );
        using var nginx = await Nginx.StripPathAsync(Prefix, app.Said(Address));

        await SpendDayAsync(nginx);
    }

    private Task<AppHere> DemoAsync(params string[] settings) =>
        AppHere.StartAsync(
            Path.Combine(_directory, "demo"),
            ["Demo:Enabled=true", "Demo:SandboxUrl=http://127.0.0.1:0", "Delivery:PollInterval=00:00:00.200", .. settings]
        );

    /// <summary>The store, with its write-ahead log, and the keys.</summary>
    private string CopyOfData()
    {
        var (from, to) = (Path.Combine(_directory, "demo"), Path.Combine(_directory, "copy"));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(from, file);
            if (
                name is "demo" or "in-use"
                || name.StartsWith("sandbox.", StringComparison.Ordinal)
                || name.EndsWith("-shm", StringComparison.Ordinal)
            )
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, name))!);
            File.Copy(file, Path.Combine(to, name));
        }
        return to;
    }

    private static async Task SpendDayAsync(Nginx nginx)
    {
        await using var contributor = await Chromium.VisitAsync(nginx.Address);
        var page = contributor.Page;
        await page.GotoAsync(Prefix + "/exports");
        await Expect(page).ToHaveURLAsync(new Regex($"{Prefix}/sign-in\\?returnUrl="));
        await page.Locator("#email").FillAsync("contributor@demo.example");
        await page.Locator("#password").FillAsync(DemoApp.Password);
        await page.Locator("#password").PressAsync("Enter");
        await page.ArrivesAsync(url => url.EndsWith(Prefix + "/exports", StringComparison.Ordinal));

        await page.GetByRole(AriaRole.Link, new() { Name = "Newsletter readers to Klaviyo", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"{Prefix}/exports/\\d+$"));
        await page.Button("Run now").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"{Prefix}/runs/\\d+$"));
        await page.EndsAsync("Completed with warnings");

        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("a[download]").First.ClickAsync());
        var lines = await File.ReadAllLinesAsync((await download.PathAsync())!, Cancel);
        Assert.StartsWith("Profile,", lines[0].TrimStart('\uFEFF'), StringComparison.Ordinal);
        Assert.True(lines.Length > 1);

        foreach (var link in new[] { "Segments", "Runs", "Home" })
        {
            await page.Locator(".nav").GetByRole(AriaRole.Link, new() { Name = link }).ClickAsync();
            await Expect(page.Locator(".nav a.active")).ToContainTextAsync(link);
        }
        await ChooseLanguageAsync(page);
        await SignOutAsync(page);

        Assert.Empty(contributor.Faults);
        Assert.DoesNotContain("418 ", nginx.Requests, StringComparison.Ordinal);
        Assert.Contains($"101 GET {Prefix}/_blazor", nginx.Requests, StringComparison.Ordinal);
    }

    /// <summary>The metrics name circuits, which only a browser opens. They are for this machine, not for visitors of the proxy.</summary>
    private static async Task CountsCircuitsAsync(string address, Nginx nginx)
    {
        using var client = new HttpClient();
        var metrics = await client.GetStringAsync(address + "/metrics", Cancel);
        using var refused = await client.GetAsync($"{nginx.Address}{Prefix}/metrics", Cancel);

        Assert.Contains("aspnetcore_components_circuit_active{", metrics, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    private static async Task ChooseLanguageAsync(IPage page)
    {
        await page.Locator("[popovertarget=languages]").ClickAsync();
        await page.Button("Català").ClickAsync();
        await Expect(page.Locator("html[lang=ca]")).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"{Prefix}/$"));
    }

    private static async Task SignOutAsync(IPage page)
    {
        await page.Locator("[popovertarget=user]").ClickAsync();
        await page.Locator("form[action=sign-out] button").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"{Prefix}/sign-in$"));
        Assert.Empty(
            (await page.Context.CookiesAsync())
                .Where(cookie => cookie.Name == "klaviyo-export" || cookie.Path != Prefix)
                .Select(cookie => cookie.Name)
        );
    }
}
