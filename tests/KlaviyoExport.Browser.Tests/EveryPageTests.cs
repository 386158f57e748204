using KlaviyoExport.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>
/// Opens every page at both widths. With <c>KLAVIYO_EXPORT_WRITE_SCREENSHOTS=1</c> it takes the screenshots of docs/screenshots (see
/// docs/pages.md).
/// </summary>
public sealed class EveryPageTests(DemoApp demo) : IClassFixture<DemoApp>
{
    /// <summary>The maximum height. Longer pages are cut, because the screenshots are in the repository.</summary>
    private const int MostHeight = 1_600;

    private static readonly string Folder = Visitor.WritesScreenshots
        ? Path.Combine(Repository.Root, "docs", "screenshots")
        : Path.Combine(Visitor.Pictures, "pages");

    private readonly List<string> _found = [];

    [Fact]
    public async Task Every_page_stays_in_place_fits_its_window_and_has_no_accessibility_fault()
    {
        await using (var stranger = await WatchAsync(demo.VisitAsync()))
        {
            foreach (var (name, address) in new[] { ("sign-in", "/sign-in"), ("password-link-used", "/set-password"), ("error", "/error") })
                await OpenAsync(stranger, name, address);
        }
        await using var administrator = await WatchAsync(demo.SignInAsync("administrator"));
        await OpenAsync(administrator, "export-never-ran", "/exports/1");
        var run = await demo.FinishedRun;
        foreach (var (name, address) in Pages(run).Concat(await FoundAsync(administrator.Page)))
            await OpenAsync(administrator, name, address);
        await OpenPersonAsync(administrator);
        Assert.Empty(administrator.Faults);
        await OpenAsync(administrator, "not-found", "/runs/999999");
        await OpenAsync(administrator, "no-such-page", "/not-found");
        await using (var viewer = await WatchAsync(demo.SignInAsync("viewer")))
        {
            await OpenAsync(viewer, "exports-of-a-viewer", "/exports");
            await OpenAsync(viewer, "access-denied", "/access-denied");
        }
        foreach (var (language, scheme) in new[] { ("sr-Cyrl-RS", ColorScheme.Dark), ("ca-ES", ColorScheme.Light) })
        {
            await using var reader = await WatchAsync(demo.SignInAsync("contributor", language, scheme));
            foreach (var (name, address) in new[] { ("home", "/"), ("exports", "/exports"), ("run", run), ("status", "/system/status") })
                await OpenAsync(reader, $"{name}-{language[..2]}", address);
        }
        await OpenFailedAsync(administrator);
        Assert.True(_found.Count == 0, string.Join("\n", _found));
    }

    private static IEnumerable<(string Name, string Address)> Pages(string run) =>
        [
            ("home", "/"),
            ("sources", "/sources"),
            ("source-kinds", "/sources/new"),
            ("source-new", "/sources/new/Csv"),
            ("source-new-server", "/sources/new/PostgreSql"),
            ("source", "/sources/1"),
            ("source-edit", "/sources/1/edit"),
            ("segments", "/segments"),
            ("segment-new", "/segments/new"),
            ("segment", "/segments/1"),
            ("segment-edit", "/segments/1/edit"),
            ("exports", "/exports"),
            ("exports-none-found", "/exports?search=nothing+is+called+this"),
            ("export-new", "/exports/new"),
            ("export", "/exports/1"),
            ("export-edit", "/exports/1/edit"),
            ("export-schedule", "/exports/schedule?id=1"),
            ("person-lookup", "/person"),
            ("runs", "/runs"),
            ("run", run),
            ("connections", "/connections"),
            ("connections-discover", "/connections/discover"),
            ("connection", "/connections/1"),
            ("connection-remove", "/connections/1/remove"),
            ("connection-unknown-sign-in", "/connections/klaviyo/unknown"),
            ("export-user", "/connections/1/export-user"),
            ("status", "/system/status"),
            ("schedule", "/system/schedule"),
            ("general", "/system/general"),
            ("permissions", "/system/permissions"),
            ("person-new", "/system/permissions/new"),
            ("audit", "/system/audit"),
            ("about", "/system/about"),
            ("help", "/help"),
            ("help-guide", "/help/quick-start"),
            ("help-reference", "/help/operations"),
            ("alerts", "/alerts"),
            ("alerts-of-all", "/system/alerts"),
            ("account-security", "/account/security"),
            ("second-factor", "/system/permissions/second-factor"),
            ("account", "/account"),
            ("account-alerts", "/account/alerts"),
        ];

    /// <summary>Pages whose addresses contain an id.</summary>
    private async Task<IEnumerable<(string Name, string Address)>> FoundAsync(IPage page)
    {
        await page.GotoAsync("/system/permissions");
        var person = await page.GetByRole(AriaRole.Link, new() { Name = "Vera Viewer", Exact = true }).GetAttributeAsync("href");
        await page.GotoAsync("/connections/discover");
        await page.Button("Set up Klaviyo").ClickAsync();
        await page.ArrivesAsync(url => url.Contains("/connections/setup/", StringComparison.Ordinal));
        var sandbox = demo.Klaviyo.Address;
        return
        [
            ("person", person!),
            ("connection-wizard", page.Url),
            ("sandbox", sandbox),
            ("sandbox-list", $"{sandbox}lists/Pract1/NwsRdr"),
            ("sandbox-jobs", $"{sandbox}jobs"),
            ("sandbox-requests", $"{sandbox}requests"),
        ];
    }

    /// <summary>The pages on the next morning.</summary>
    private async Task OpenFailedAsync(Visitor visitor)
    {
        await demo.Klaviyo.BreakAsync("status", 403);
        await visitor.Page.GotoAsync("/exports/1");
        await visitor.Page.Button("Run now").ClickAsync();
        await visitor.Page.ArrivesAsync(url => url.Contains("/runs/", StringComparison.Ordinal));
        await visitor.Page.EndsAsync("Failed (permanent)");
        var run = new Uri(visitor.Page.Url).AbsolutePath;
        foreach (
            var (name, address) in new[]
            {
                ("run-failed", run),
                ("home-failed", "/"),
                ("exports-failed", "/exports"),
                ("export-failed", "/exports/1"),
                ("status-failed", "/system/status"),
                ("connection-failed", "/connections/1"),
            }
        )
            await OpenAsync(visitor, name, address);
        await demo.Klaviyo.ClearFaultsAsync();
    }

    /// <summary>The look-up of the first person on the list, and of somebody whom no source has.</summary>
    private async Task OpenPersonAsync(Visitor visitor)
    {
        var page = visitor.Page;
        await page.GotoAsync($"{demo.Klaviyo.Address}lists/Pract1/NwsRdr");
        var member = await page.Locator("tbody tr").Last.Locator("td").First.InnerTextAsync();
        foreach (var (name, text) in new[] { ("person-found", member), ("person-not-found", "nobody@shop.example") })
        {
            await page.GotoAsync("/person");
            await page.GetByLabel("Email address or profile key").FillAsync(text);
            await page.Button("Find").ClickAsync();
            await Expect(page.Locator("main h2").First).ToContainTextAsync(text);
            await LookAsync(visitor, name);
        }
    }

    private static async Task<Visitor> WatchAsync(Task<Visitor> visit)
    {
        var visitor = await visit;
        await visitor.Page.WatchShiftsAsync();
        return visitor;
    }

    private async Task OpenAsync(Visitor visitor, string name, string address)
    {
        var page = visitor.Page;
        // Loaded at the width of a phone; the other tests load at the width of a desktop.
        await page.SetViewportSizeAsync(390, 900);
        await page.GotoAsync(address);
        await Expect(page.Locator("main h1").First).ToBeVisibleAsync();
        await Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        _found.AddRange((await page.ShiftsAsync()).Select(shift => $"{name} moves after it has appeared: {shift}"));
        await LookAsync(visitor, name);
    }

    /// <summary>Looks at the page as it is now.</summary>
    private async Task LookAsync(Visitor visitor, string name)
    {
        var page = visitor.Page;
        foreach (var width in new[] { 390, 1440 })
        {
            await page.SetViewportSizeAsync(width, 900);
            await visitor.FitsAsync(name);
            if (Visitor.WritesScreenshots || Visitor.TakesPictures)
                await PhotographAsync(page, name, width);
            await _found.AddFaultsAsync(visitor, $"{name} at {width}");
        }
    }

    private static async Task PhotographAsync(IPage page, string name, int width)
    {
        var height = await page.EvaluateAsync<int>("document.documentElement.scrollHeight");
        await page.ScreenshotAsync(
            new()
            {
                Path = Path.Combine(Folder, $"{name}-{width}.png"),
                FullPage = true,
                Clip = new()
                {
                    X = 0,
                    Y = 0,
                    Width = width,
                    Height = Math.Min(height, MostHeight),
                },
            }
        );
    }
}
